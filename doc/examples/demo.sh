#!/usr/bin/env bash
# A mail system's data in a private Redis, and exim.conf asked about it through rexpand -be: `make run`.
#
#     demo.sh         REXPAND=/path/of/rexpand says which one to show
#
# Each answer is compared with what it must be; the exit status is 1 if one is wrong. All is done in a temporary folder,
# with servers of our own that are stopped at the end, however it comes.

# shellcheck disable=SC1003,SC2016  # strings of dollars and backslashes are what this is about
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1
config=$here/exim.conf
rexpand=${REXPAND:-$here/../../build/rexpand}
[[ -x $rexpand ]] || rexpand=$(command -v rexpand)
if [[ ! -x $rexpand ]]; then
	echo "There is no rexpand to show: run make first, or say where it is with REXPAND=/path/of/rexpand." >&2
	exit 1
fi
built=$("$rexpand" -bV)
for lookup in redis lsearch; do
	[[ $built =~ Lookups[^$'\n']*" $lookup" ]] && continue
	echo "This rexpand is built without the $lookup lookup, which the demonstration needs: see Local/Makefile." >&2
	exit 1
done
for tool in redis-server redis-cli; do
	command -v $tool >/dev/null && continue
	echo "$tool is missing; on Debian it comes with: apt-get install redis-server" >&2
	exit 1
done
unset REDISCLI_AUTH

# ---- servers, and their end ------------------------------------------------------------------------------------------

folder=
declare -a children=()

# shellcheck disable=SC2317  # called by trap
stop() {
	trap '' INT TERM HUP PIPE
	exec 2>/dev/null
	for child in "${children[@]}"; do kill -KILL "$child"; done
	wait
	[[ -n $folder ]] && rm -rf "$folder"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# The path of a Unix socket may have 107 bytes.
parent=${TMPDIR:-/tmp}
((${#parent} < 70)) && [[ -d $parent && -w $parent ]] || parent=/tmp
folder=$(mktemp -d "$parent/rexpand.XXXXXX") || exit 1

# start_server NAME: a Redis on the socket $folder/NAME.sock and on a free loopback port, which is then in $port. Its
# process is the last of $children.
start_server() {
	local try beat
	for ((try = 0; try < 20; try++)); do
		port=$((20000 + RANDOM % 12000))
		redis-server --port $port --bind 127.0.0.1 --unixsocket "$folder/$1.sock" --dir "$folder" --save '' \
			--appendonly no --logfile "$folder/$1.log" </dev/null >/dev/null 2>&1 &
		children+=($!)
		for ((beat = 0; beat < 100; beat++)); do
			[[ $(redis-cli -s "$folder/$1.sock" ping 2>/dev/null) == PONG ]] && return
			kill -0 $! 2>/dev/null || break # the port was taken
			sleep 0.02
		done
	done
	echo "redis-server does not start:" >&2
	tail -n 5 "$folder/$1.log" >&2
	exit 1
}

stop_last_child() {
	kill -TERM "${children[-1]}"
	kill -CONT "${children[-1]}"
	wait "${children[-1]}"
	unset 'children[-1]'
}

# ---- how it looks ----------------------------------------------------------------------------------------------------

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
	bold=$'\e[1m' faint=$'\e[2m' green=$'\e[32m' red=$'\e[31m' blue=$'\e[36m' plain=$'\e[0m'
else
	bold='' faint='' green='' red='' blue='' plain=''
fi

heading() { printf '\n%s%s%s\n%s\n' "$bold" "$1" "$plain" "$faint${1//?/─}$plain"; }
remark() { printf '  %s\n' "$@"; }

now() { stamp=${EPOCHREALTIME//[!0-9]/}; } # microseconds

# Time in a width of its own, from microseconds.
took() {
	if (($1 < 100000)); then
		printf '%4d.%d ms' $(($1 / 1000)) $(($1 % 1000 / 100))
	else
		printf '%4d.%02d s' $(($1 / 1000000)) $(($1 % 1000000 / 10000))
	fi
}

# ---- questions -------------------------------------------------------------------------------------------------------

asked=0
wrong=0
servers=            # redis_servers
declare -a with=()  # NAME=VALUE: what the sender or the client said, as rexpand --set has it
declare -a more=()  # further options

declare -A explained=() # macros that were shown already

show() { # LABEL COLOUR LINE...
	local label=$1 colour=$2 line
	shift 2
	for line; do
		printf '    %s%-5s%s%s%s%s\n' "$faint" "$label" "$plain" "$colour" "$line" "$plain"
		label=
	done
}

# A value as one would type it in a shell.
readable() {
	case $1 in
	*[![:print:]]* | *\'*) printf %q "$1" ;;
	*[!A-Za-z0-9@._/:+-]*) printf "'%s'" "$1" ;;
	*) printf %s "$1" ;;
	esac
}

# Counts an answer, and marks it.
tick() {
	((++asked))
	if [[ $1 == right ]]; then
		printf ' %s✓%s' "$green" "$plain"
	else
		((++wrong))
		printf ' %s✗%s' "$red" "$plain"
	fi
}

# ask TITLE STRING WANTED [STATUS [ORDER]]: expands STRING and looks whether WANTED comes back, with that exit status.
# ORDER "any": the lines of the answer may come in any order, as the members of a set do. The time it took is then in
# $microseconds.
ask() {
	local title=$1 string=$2 wanted=$3 wanted_status=${4:-0} order=${5:-} answer status pair begin given='' mark=right i
	local -a command=("$rexpand" -be -C "$config" -D "REDIS_SERVERS=$servers" -D "ALIASES_FILE=$here/aliases")
	local -a lines
	for pair in "${with[@]}"; do
		command+=(--set "$pair")
		given+="${given:+  }${pair%%=*}=$(readable "${pair#*=}")"
	done
	command+=("${more[@]}" "$string")

	now && begin=$stamp
	"${command[@]}" </dev/null >"$folder/answer" 2>&1
	status=$?
	now && microseconds=$((stamp - begin))
	answer=$(<"$folder/answer")
	[[ $order == any ]] && answer=$(sort <<<"$answer") && wanted=$(sort <<<"$wanted")
	[[ $answer == "$wanted" && $status == "$wanted_status" ]] || mark=wrong

	printf '\n  %s%s%s\n' "$bold" "$title" "$plain"
	show ask "$blue" "$string"
	if [[ $string =~ ^[A-Z_]+$ && -z ${explained[$string]:-} ]]; then
		show '  =' "$faint" "$(sed -n "s/^$string = //p" "$config")"
		explained[$string]=yes
	fi
	given+=${more:+${given:+  }${more[*]}}
	[[ -n $given ]] && show with '' "$given"
	mapfile -t lines < <(fold -s -w 66 <<<"$answer" | sed 's/ $//')
	printf '    %s%-5s%s%-66s' "$faint" get "$plain" "${lines[0]}"
	tick $mark && printf ' %s%s%s\n' "$faint" "$(took "$microseconds")" "$plain"
	show '' '' "${lines[@]:1}"
	((status)) && show '' "$faint" "(exit status $status)"
	if [[ $mark == wrong ]]; then
		mapfile -t lines <<<"$wanted"
		show want "$red" "${lines[@]}" "(exit status $wanted_status)"
	fi
	with=() more=()
}

# check TITLE COMMAND...: something that must hold besides an answer.
check() {
	local title=$1 mark=right
	shift
	"$@" || mark=wrong
	printf '    %s%-5s%s%-66s' "$faint" '' "$plain" "$title"
	tick $mark
	printf '\n'
}

is() { (($1)); }
silently() { "$@" >/dev/null 2>&1; }
same() { [[ $1 == "$2" ]]; }

# ======================================================================================================================

start_server mail
socket=$folder/mail.sock
servers="($socket)/0"
ours() { redis-cli -s "$socket" "$@"; }

# Comments are ours, not redis-cli's.
if grep -v '^#' "$here/mail.redis" | ours | grep -E '^(ERR|WRONG|Could not)'; then
	echo "mail.redis could not be loaded." >&2
	exit 1
fi
entries=$(ours dbsize)

printf '%srexpand: Exim'\''s ${lookup redis{...}}, answered%s\n\n' "$bold" "$plain"
remark "A mail system of 12 domains, 100 users, 40 aliases and their limits ($entries keys) is in a Redis of our own." \
	"What follows asks doc/examples/exim.conf about it, each time with a fresh \`rexpand -be\`: a process, a" \
	"configuration read, a connection, an answer. The time is that of it all."

heading "Who gets the mail"

with=(local_part=ann domain=harbour.example)
ask "Where does Ann's mail go?" USER_MAILBOX /srv/mail/harbour.example/ann

with=(local_part=nobody domain=harbour.example)
ask "And that of somebody who is not there? The lookup ends in \"fail\", and an Exim router would decline:" \
	USER_MAILBOX 'Failed: "lookup" failed and "fail" requested' 1

with=(local_part=nobody domain=harbour.example)
ask "The same with a default instead" \
	'${lookup redis{HGET user:RCPT_KEY mailbox}{$value}{/srv/mail/unknown}}' /srv/mail/unknown

with=(local_part=nobody domain=orchard.example)
ask "At orchard.example, somebody takes what has no owner" CATCH_ALL marc@orchard.example

with=(local_part=Team domain=garden.example)
ask "An alias from Redis" ALIAS_OF 'york@garden.example, zita@garden.example, mary@garden.example'

with=(local_part=postmaster domain=garden.example)
ask "One that Redis does not have: the file doc/examples/aliases has it for all domains" \
	ALIAS_OF hostmaster@harbour.example

heading "Lists"

ask "Who may relay: a set in Redis, as hostlist relay_from_hosts uses it" '${lookup redis{SMEMBERS relay:networks}}' \
	$'192.0.2.0/26\n192.0.2.129\n192.0.2.64/27\n198.51.100.0/25\n2001:db8:25::/48\n2001:db8:587::25\n203.0.113.16/28\n203.0.113.77' \
	0 any

local_domains='<\n ${lookup redis{SMEMBERS domains:local}}'
ask "Our domains, each with the number of its users (map)" \
	"\${map{$local_domains}{\$item has \${lookup redis{HGET domain:\$item users}}}}" \
	$'bakery.example has 12\nferry.example has 6\nfoundry.example has 10\ngarden.example has 4\nharbour.example has 22\nlibrary.example has 9\nlighthouse.example has 16\nobservatory.example has 7\norchard.example has 14' \
	0 any

ask "Those in which somebody takes what has no owner (filter)" \
	"\${filter{$local_domains}{!eq{\${lookup redis{HGET domain:\$item catchall}}}{}}}" \
	$'garden.example\norchard.example' 0 any

ask "All users together (reduce)" \
	"\${reduce{$local_domains}{0}{\${eval:\$value + \${lookup redis{HGET domain:\$item users}}}}}" 100

heading "Limits"

with=(authenticated_id=ann@harbour.example)
ask "To how many recipients may Ann write in an hour? She has a limit of her own" RATE_LIMIT 500

with=(authenticated_id=bob@harbour.example)
ask "Bob has not: his domain's holds" RATE_LIMIT 200

with=(authenticated_id=bob@harbour.example)
ask "Bob writes to three people; what is left of his hour?" \
	'RATE_START: RATE_COUNT, RATE_COUNT, RATE_COUNT; left RATE_LEFT' 'OK: 1, 2, 3; left 197'

with=(authenticated_id=bob@harbour.example)
ask "It is in Redis, so every server that asks it knows, and it goes away by itself" \
	'${if <={${lookup redis{TTL sent:LOGIN_KEY}}}{3600}{RATE_LEFT left, for an hour at most}{for ever}}' \
	'197 left, for an hour at most'

heading "Replies of every kind"

ask "A string, an integer, a status" \
	'${lookup redis{HGET user:ann@harbour.example name}} / ${lookup redis{SCARD domains:local}} / ${lookup redis{TYPE domains:local}}' \
	'Ann Archer / 9 / set'

ask "An array: an element a line, and the one that is missing keeps its place" \
	'${lookup redis{HMGET user:ann@harbour.example name telephone mailbox}}' \
	$'Ann Archer\n\nharbour.example/ann'

ask "Nothing: the key is not there, and the lookup says so" \
	'${lookup redis{GET alias:moon@harbour.example}{found "$value"}{not found}}' 'not found'

ask "An error: a temporary one for the mail, with the server's words" '${lookup redis{GET domains:local}}' \
	"Failed: lookup of \"GET domains:local\" gave DEFER: redis server $socket: WRONGTYPE Operation against a key holding the wrong kind of value" \
	2

heading "What a sender may write"
printf '\n'
remark "Local parts are chosen by strangers. This one is a small program for Redis, and the lookup has forgotten to quote" \
	"it. MONITOR shows what reaches the server."

before=$(ours dbsize)
redis-cli -s "$socket" monitor >"$folder/monitor" 2>/dev/null &
children+=($!)
for ((i = 0; i < 100; i++)); do
	[[ -s $folder/monitor ]] && break
	sleep 0.02
done

attack=$'x\r\nFLUSHALL\r\nDEL user:ann "'
with=("local_part=$attack" domain=harbour.example)
ask "It stays one argument" '${lookup redis{GET alias:$local_part@$domain}{$value}{no such alias}}' 'no such alias'

for ((i = 0; i < 100; i++)); do
	grep -q '"GET"' "$folder/monitor" && break
	sleep 0.02
done
mapfile -t seen < <(sed -n 's/^[^]]*\] //p' "$folder/monitor" | grep -v '^"COMMAND"')
stop_last_child
show seen "$bold" "${seen[@]}"
check "one command, of two arguments" \
	same "${seen[*]}" '"GET" "alias:x\r\nFLUSHALL\r\nDEL user:ann \"@harbour.example"'
check "and all $before keys are still there" same "$(ours dbsize)" "$before"

with=('local_part=two words "" and \')
ask "quote_redis does it in the text: for Exim's own lookup, and for data that counts as clean" \
	'${quote_redis:$local_part}' 'two\ words\ \"\"\ and\ \\'

with=(local_part=../../etc/passwd)
ask "Other doors are shut as well: a file's name may not come from outside" \
	'${lookup{root}lsearch{/srv/lists/$local_part}}' "Failed: Tainted filename for search: '/srv/lists/../../etc/passwd'" 1

heading "When things go wrong"
printf '\n'
remark "A second Redis, on a port of 127.0.0.1, stands first in redis_servers now. We stop it with SIGSTOP: connections are" \
	"accepted, and nothing is ever answered. redis_command_timeout is 0.4 s here."

start_server second
second="127.0.0.1:$port"
servers="127.0.0.1::$port"
kill -STOP "${children[-1]}"
limit=(--option redis_command_timeout=400ms)

with=(local_part=ann domain=harbour.example) more=("${limit[@]}")
servers="127.0.0.1::$port : ($socket)/0"
ask "It hangs; the next server of the list answers" USER_MAILBOX /srv/mail/harbour.example/ann
check "one time limit, no more" is "microseconds >= 400000 && microseconds < 800000"

with=(local_part=ann domain=harbour.example) more=("${limit[@]}")
servers="127.0.0.1::$port"
ask "It hangs, and there is no other: to be tried again later" USER_MAILBOX \
	"Failed: lookup of \"HGET user:ann@harbour.example mailbox\" gave DEFER: redis server $second: no answer in time" 2
check "one time limit, no more" is "microseconds >= 400000 && microseconds < 800000"

stop_last_child
with=(local_part=ann domain=harbour.example)
servers="127.0.0.1::$port : ($socket)/0"
ask "It is dead; the next one answers, and nobody waits" USER_MAILBOX /srv/mail/harbour.example/ann
check "at once" is "microseconds < 400000"

with=(authenticated_id=bob@harbour.example)
ask "So does a write: the dead one cannot have run it. Bob's fourth recipient" RATE_COUNT 4

heading "How fast"

count=20000
sed -n 's/^HSET user:\([^ ]*\) .*/${lookup redis{HGET user:\1 mailbox}}/p' "$here/mail.redis" >"$folder/users"
for ((i = 0; i < count / 100; i++)); do cat "$folder/users"; done >"$folder/questions"
for where in "Unix socket|($socket)/0" "TCP, loopback|127.0.0.1::$(ours config get port | tail -n 1)/0"; do
	now
	begin=$stamp
	"$rexpand" -be -C "$config" -D "REDIS_SERVERS=${where#*|}" <"$folder/questions" >"$folder/answers"
	now
	microseconds=$((stamp - begin))
	check "$(printf '%-14s%d lookups in %s: %6d a second' "${where%|*}" $count "$(took "$microseconds")" \
		$((count * 1000000 / microseconds)))" \
		same "$(sort -u "$folder/answers" | grep -c '^[a-z]*\.example/[a-z]*$') $(wc -l <"$folder/answers")" "100 $count"
done
printf '\n'
remark "One process, one connection, one question after the other, none of them from the cache. make bench measures it" \
	"properly."

heading "And without Redis"
stop_last_child

servers="($socket)/0"
with=(local_part=ann domain=harbour.example)
ask "It is stopped. A deferral, no \"unknown user\": exit status 2, in Exim a 4xx answer" USER_MAILBOX \
	"Failed: lookup of \"HGET user:ann@harbour.example mailbox\" gave DEFER: redis server $socket: connection failed: No such file or directory" \
	2

printf '\n'
remark "Its strings can be tested all the same: exim.test says what they must give, and what their lookups answer."
tested=$("$rexpand" test "$here/exim.test")
check "rexpand test exim.test: ${tested##*$'\n'}" silently "$rexpand" test "$here/exim.test"

# ======================================================================================================================

if ((wrong)); then
	printf '\n%s%d of %d answers are not what they must be.%s\n' "$red$bold" "$wrong" "$asked" "$plain"
	exit 1
fi
printf '\n%sAll %d answers are what they must be.%s\n' "$green$bold" "$asked" "$plain"

for yours in /etc/exim4/exim4.conf /etc/exim/exim.conf /var/lib/exim4/config.autogenerated; do
	[[ -e $yours ]] && break
done
at() { local path=${1#"$PWD"/}; printf '%s' "${path/#*\/..\/..\/build/build}"; }
cat <<TRY

${bold}To try next${plain}
  A Redis of your own with this data, and a prompt (Tab completes names, Control-D ends):
    redis-server --port 7379 --save '' --daemonize yes
    grep -v '^#' $(at "$here")/mail.redis | redis-cli -p 7379 >/dev/null
    $(at "$rexpand") -be -C $(at "$config") -D REDIS_SERVERS=127.0.0.1::7379 \\
        --set local_part=ann --set domain=harbour.example
    > USER_MAILBOX
    redis-cli -p 7379 shutdown nosave
  The Redis that you have:
    $(at "$rexpand") -be --option redis_servers=127.0.0.1::6379/0 '\${lookup redis{DBSIZE}}'
  What a configuration says, with its macros replaced; and what there is in yours that rexpand leaves to Exim:
    $(at "$rexpand") -bP config -C $(at "$config")
    $(at "$rexpand") -bP unused -C $yours
  All tests:
    make test
TRY
