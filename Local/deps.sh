#!/bin/sh
# Local/deps.sh SET... : see that the Debian packages for "build" and "test" are there, install what is missing.
# Says nothing when nothing is missing. The choices of Local/Makefile come in the environment.
set -eu

# set | package | what for | only if this choice is not "no"
table() {
	cat <<'TABLE'
build|gcc|the C compiler|
build|libc6-dev|the C library's headers|
build|pkg-config|finds the libraries below|
build|libpcre2-dev|regular expressions (match, sg)|
build|libcrypt-dev|the hashes of passwords (crypteq)|
build|libssl-dev|digests, certificates, TLS|
build|libidn2-dev|domain names beyond ASCII|
build|libhiredis-dev|the redis lookup's wire format|LOOKUP_REDIS
build|libcdb-dev|the cdb lookup|LOOKUP_CDB
build|libjansson-dev|the json lookup|LOOKUP_JSON
build|liblmdb-dev|the lmdb lookup|LOOKUP_LMDB
build|libsqlite3-dev|the sqlite lookup|LOOKUP_SQLITE
build|libedit-dev|line editing in rexpand -be|LINE_EDITING
build|redis-server|the private server of make run and of the tests|LOOKUP_REDIS
test|libcmocka-dev|the unit tests|
test|libjansson-dev|reads what explain --json writes|
test|libhiredis-dev|the yardstick of make bench|
test|exim4-daemon-heavy|the oracle that the language tests are compared with|
test|exim4-config|Debian's own configuration, read by a test|
test|openssl|the certificate of make bench|
test|valgrind|finds leaks in make test|
test|clang|make lint, make fuzz|
test|libclang-rt-dev|the sanitizers of make fuzz|
test|clang-tidy|make lint|
test|clang-format|make lint|
test|cppcheck|make lint|
TABLE
}

# "--install PACKAGE...", as root: install without starting, now or at the next boot, any service that comes along.
if [ "${1:-}" = --install ]; then
	shift
	export DEBIAN_FRONTEND=noninteractive
	policy=/usr/sbin/policy-rc.d
	if [ -e $policy ] || [ -L $policy ]; then
		policy=
	else
		trap 'rm -f "$policy"' EXIT
		trap 'exit 1' HUP INT TERM
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod 755 $policy
	fi
	apt-get update -q
	apt-get install -q -y -o Dpkg::Use-Pty=0 --no-install-recommends --no-remove "$@"
	for package; do
		case $package in
		redis-server) service=redis-server ;;
		exim4-daemon-*) service=exim4 ;;
		*) continue ;;
		esac
		update-rc.d $service disable >/dev/null 2>&1 || true
	done
	exit 0
fi

# The rows of the wanted sets, without those that belong to something switched off.
wanted=$(table | while IFS='|' read -r set package why choice; do
	case " $* " in *" $set "*) ;; *) continue ;; esac
	if [ -n "$choice" ] && eval "[ \"\${$choice:-yes}\" = no ]"; then
		continue
	fi
	# An Exim that is there already serves; and no other mail server is pushed aside for ours.
	case $package in exim4-daemon-*)
		if [ -x /usr/sbin/exim4 ] || [ -e /usr/sbin/sendmail ]; then continue; fi ;;
	esac
	echo "$package|$why"
done)

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "This is not a Debian system. rexpand needs what Debian has in these packages:"
	echo "$wanted" | sort -u -t'|' -k1,1 | awk -F'|' '{ printf "  %-20s %s\n", $1, $2 }'
	exit 0
fi

# A package counts as there when it, or one that provides it, is installed.
there=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' |
	sed -n 's/^installed //; t keep; d; :keep; s/([^)]*)//g; s/,/ /g; p')
missing=$(echo "$wanted" | sort -u -t'|' -k1,1 | awk -F'|' -v there="$there" '
	BEGIN { n = split(there, words, /[ \n]+/); for (i = 1; i <= n; i++) have[words[i]] = 1 }
	!($1 in have)')
[ -n "$missing" ] || exit 0

packages=$(echo "$missing" | cut -d'|' -f1 | tr '\n' ' ')
echo "These packages are missing and are installed now:"
echo "$missing" | awk -F'|' '{ printf "  %-20s %s\n", $1, $2 }'
if [ "$(id -u)" = 0 ]; then
	root=
elif command -v sudo >/dev/null 2>&1; then
	root=sudo
else
	echo "Only root can install them, and there is no sudo here. As root:"
	echo "  apt-get update && apt-get install --no-install-recommends $packages"
	exit 1
fi
log=build/deps.log
mkdir -p build
# shellcheck disable=SC2086
if $root sh "$0" --install $packages >$log 2>&1; then
	echo "Done; what apt-get said is in $log."
else
	tail -n 30 $log
	echo "They could not be installed; all that apt-get said is in $log. To try by hand, as root:"
	echo "  apt-get update && apt-get install --no-install-recommends $packages"
	exit 1
fi
