#!/bin/bash
# test/lint/state.sh OBJECT... : the library keeps no state of its own, so no object may hold writable static data.
# Tables of constants with pointers in them (.data.rel.ro) are not writable once loaded.
set -u

[ $# -gt 0 ] || exit 0
found=$(objdump -t "$@" | awk '
	/file format/ { file = $1; sub(/:$/, "", file); sub(/^build\/[^\/]*\/obj\//, "", file); sub(/\.o$/, ".c", file) }
	# The flags end in O for an object; then come its section, size and name.
	match($0, /O (\.(data|bss|tdata|tbss)[^\t ]*|\*COM\*)/) && !/ O \.data\.rel\.ro/ { print file ": writable static " $NF }')
[ -z "$found" ] || {
	echo "$found"
	exit 1
}
