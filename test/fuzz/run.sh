#!/bin/bash
# test/fuzz/run.sh SECONDS PROGRAM... : run each fuzz target for that long. It starts from test/fuzz/corpus/NAME, with the
# words of test/fuzz/NAME.dict; new finds go to build/fuzz/NAME, an input that breaks something to build/fuzz/broken.
set -u

seconds=$1
shift
broken=()
for program; do
	name=${program##*/}
	finds=build/fuzz/$name
	mkdir -p "$finds" build/fuzz/broken
	arguments=("$finds")
	[ ! -d "test/fuzz/corpus/$name" ] || arguments+=("test/fuzz/corpus/$name")
	[ ! -f "test/fuzz/$name.dict" ] || arguments+=("-dict=test/fuzz/$name.dict")
	echo "== fuzz $name, $seconds s"
	if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 \
		-artifact_prefix="build/fuzz/broken/$name-" "${arguments[@]}" >"build/fuzz/$name.log" 2>&1 </dev/null; then
		grep -aE '^stat::(number_of_executed_units|new_units_added|peak_rss_mb)' "build/fuzz/$name.log"
	else
		tail -n 60 "build/fuzz/$name.log"
		broken+=("$name")
	fi
done
if [ ${#broken[@]} -gt 0 ]; then
	echo "broken: ${broken[*]} (the inputs are in build/fuzz/broken)"
	exit 1
fi
