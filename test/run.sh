#!/bin/bash
# test/run.sh FOLDER PROGRAM... : run cmocka programs one after the other, show what they say, and count their cases.
# The last line is "N passed, N failed". A program that crashes, hangs or ends in error without a failed case is one failed.
set -u

folder=$1
shift
log=$folder/test.log
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}

running=
trap '[ -z "$running" ] || kill "$running" 2>/dev/null; exit 130' INT TERM HUP

# How many cases the groups of the log list as SKIPPED or FAILED.
listed() {
	sed -nE "s/^.*\\[  $1 +\\] (.*: )?([0-9]+) test\\(s\\), listed below.*/\\2/p" "$log" | awk '{ n += $1 } END { print n + 0 }'
}

[ $# -gt 0 ] || {
	echo "no test program of that name"
	echo "0 passed, 0 failed"
	exit 1
}

passed=0 failed=0 skipped=0 bad=()
for program; do
	name=${program#"$folder"/}
	echo "== $name"
	timeout -k 5 "${TEST_TIMEOUT:-300}" "$program" </dev/null >"$log" 2>&1 &
	running=$!
	wait "$running" 2>/dev/null
	status=$?
	running=
	cat "$log"

	# One line a case tells what passed; what was skipped or failed is counted in the summary of each group.
	ok=$(grep -ac '\[       OK \]' "$log")
	skip=$(listed SKIPPED)
	no=$(listed FAILED)
	if [ $status -ne 0 ] && [ "$no" -eq 0 ]; then
		no=1
		case $status in
		124 | 137) echo "$name: still running after ${TEST_TIMEOUT:-300} seconds, stopped" ;;
		*) if [ $status -gt 128 ]; then
			echo "$name: killed by signal $((status - 128)) ($(kill -l $((status - 128))))"
		else
			echo "$name: ended with status $status"
		fi ;;
		esac
	fi
	[ "$no" -eq 0 ] || bad+=("$name")
	passed=$((passed + ok)) failed=$((failed + no)) skipped=$((skipped + skip))
done

echo
for name in ${bad[@]+"${bad[@]}"}; do echo "failed: $name"; done
[ $skipped -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
