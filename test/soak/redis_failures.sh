#!/bin/bash
# test/soak/redis_failures.sh : the tests that kill, stop and move the nodes of a cluster, and those with Sentinels, again and
# again; the cluster's with node timeouts of half a second to three seconds. ROUNDS (10) of them. What a failure hides in one
# round shows in the next: none may fail.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
rounds=${ROUNDS:-10}
programs=(test/redis/test_redis_cluster test/redis/test_redis_sentinel)

for program in "${programs[@]}"; do
	make -C "$top" --no-print-directory "build/normal/$program" >/dev/null || exit 1
done
for round in $(seq "$rounds"); do
	timeout=$((500 + RANDOM % 2500))
	for program in "${programs[@]}"; do
		echo "-- round $round of $rounds: $program, node timeout $timeout ms"
		REDIS_TEST_NODE_TIMEOUT=$timeout timeout -k 5 900 "$top/build/normal/$program" </dev/null >"$top/build/soak.log" 2>&1 || {
			cat "$top/build/soak.log"
			echo "round $round failed"
			exit 1
		}
		grep -a -E ' right,|resumed' "$top/build/soak.log"
	done
done
