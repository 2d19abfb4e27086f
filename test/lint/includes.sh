#!/bin/bash
# test/lint/includes.sh TOP : who may include whom: each room itself, and the rooms that its line below names.
set -u
cd "$1" || exit 2

# One line a room: its folder, then what it may include beside itself. The longest folder that fits a file is its room.
rooms() {
	cat <<'ROOMS'
expand/base
expand/x509        base
lookups/redis      base
lookups            base redis
expand/lang        base x509 redis lookups
expand/match       base x509 redis lookups lang
expand/items       base x509 redis lookups lang match
expand/operators   base x509 redis lookups lang match items
expand/conditions  base x509 redis lookups lang match items operators
expand/config      base x509 redis lookups lang match items operators conditions
expand/transport   base x509 redis lookups lang match items operators conditions config
expand/acl         base x509 redis lookups lang match items operators conditions config transport
expand/check       base x509 redis lookups lang match items operators conditions config
expand             base x509 redis lookups lang match items operators conditions config transport acl check
expand/cli         base x509 redis lookups lang match items operators conditions config transport acl check facade
expand/exim        base x509 redis lookups lang match items operators conditions config transport acl check facade
ROOMS
}

find expand lookups -name '*.[ch]' -type f 2>/dev/null | sort | xargs -r grep -Hn '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' |
	awk -v rooms="$(rooms)" -v headers="$(find expand lookups -name '*.h' -type f 2>/dev/null)" '
	# The short name of the room a path stands in: lookups/redis is redis, expand/lang is lang, expand itself is facade.
	function room(path) {
		if (path !~ /\//) return ""
		sub(/\/[^\/]*$/, "", path)
		while (!(path in may)) {
			if (path !~ /\//) return ""
			sub(/\/[^\/]*$/, "", path)
		}
		return short[path]
	}
	BEGIN {
		n = split(rooms, lines, "\n")
		for (i = 1; i <= n; i++) {
			folder = lines[i]; sub(/ .*/, "", folder)
			allowed = lines[i]; sub(/^[^ ]* */, "", allowed)
			name = folder; sub(/.*\//, "", name)
			if (folder == "expand") name = "facade"
			may[folder] = 1; short[folder] = name
			allowed_of[name] = " " name " " allowed " "
		}
		n = split(headers, lines, "\n")
		for (i = 1; i <= n; i++) exists[lines[i]] = 1
		bad = 0
	}
	{
		file = $0; sub(/:.*/, "", file)
		place = $0; sub(/:[[:space:]]*#.*/, "", place)
		name = $0; sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
		# As the compiler looks: beside the file, then in expand/, then from the top.
		beside = file; sub(/[^\/]*$/, "", beside)
		if (name ~ /(^|\/)\.\.?(\/|$)/) { print place ": \"" name "\": name it from the top, without dots"; bad = 1; next }
		if ((beside name) in exists) target = beside name
		else if (("expand/" name) in exists) target = "expand/" name
		else target = name
		from = room(file); to = room(target)
		if (target ~ /^test\//) { print place ": " from " includes \"" name "\": nothing includes the tests"; bad = 1; next }
		if (to == "") { print place ": \"" name "\" stands in no room"; bad = 1; next }
		if (index(allowed_of[from], " " to " ") == 0) {
			print place ": " from " may not include " to " (\"" name "\")"; bad = 1
		}
	}
	END { exit bad }'
