#!/bin/sh
# The static checks beside the tests: fail if either fails, say what both took.
# Usage: check_all.sh STATIC TESTS   (one command each; EITGEO_BUDGET_S: 600 s)
# STATIC runs at a lower priority and writes to build/static.log, shown at the end.
# Nice 5 gives it a third of a processor beside two busy ones: it is done before the
# tests are, and disturbs them little.
set -u
unset CDPATH
cd -- "$(dirname -- "$0")/.." || exit 1

log=build/static.log
mkdir -p build

verdict() { if [ "$1" -eq 0 ]; then echo passed; else echo FAILED; fi; }

# Seconds since the start, and of processor in the commands that this shell waited for.
# `times` in a subshell would count nothing: hence a file, one for each of the two.
clock() {
  wall_s=$(($(date +%s) - started))
  times >"build/$1.times"
  cpu_s=$(tr 'ms,' '  .' <"build/$1.times" |
    LC_ALL=C awk '{ s += 60 * ($1 + $3) + $2 + $4 } END { print int(s + 0.5) }')
  took="$wall_s s, $cpu_s s of processor"
}

# What runs behind ignores Ctrl-C: the traps end it.
stop() { kill "$job" 2>/dev/null && wait "$job"; }

check() {
  trap 'stop; exit 143' TERM
  nice -n 5 sh -c "exec $1" >"$log" 2>&1 </dev/null &
  job=$!
  wait "$job"
  code=$?
  [ "$code" -eq 0 ] || echo "Static checks FAILED (see $log); the tests go on."
  clock static
  echo "Took $took." >>"$log"
  exit "$code"
}

started=$(date +%s)
check "$1" &
job=$!
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM
sh -c "$2"
tests=$?
clock tests
printf '\n== Tests: %s\nTook %s.\n' "$(verdict "$tests")" "$took"
wait "$job"
static=$?
trap - INT TERM

printf '\n== Static checks: %s\n' "$(verdict "$static")"
cat "$log"
clock tests
budget_s=${EITGEO_BUDGET_S:-600}
if [ "$wall_s" -le "$budget_s" ]; then budget=kept; else budget=EXCEEDED; fi
printf '\nTests %s, static checks %s: %s (budget of %s s: %s).\n' \
  "$(verdict "$tests")" "$(verdict "$static")" "$took" "$budget_s" "$budget"
[ "$tests" -eq 0 ] && [ "$static" -eq 0 ]
