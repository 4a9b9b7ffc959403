#!/usr/bin/env bash
# Does a command hold on a busy machine? Runs it several times in a row beside busy loops, and prints how long each took.
#
#   bench/under_load.sh                                    make test, three times, beside two busy loops
#   bench/under_load.sh --loops 0                          the same alone
#   bench/under_load.sh --times 1 --loops 4 make quick     anything else
#
# The loops end with the script, and by themselves after an hour. Exit code: 0 if every run passed, else that of the
# first one that did not; 2 if the arguments make no sense.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

times=3 loops=2
while [ $# -gt 0 ]; do
  case $1 in
    --times) times=${2:-} && shift $(($# > 1 ? 2 : 1)) ;;
    --loops) loops=${2:-} && shift $(($# > 1 ? 2 : 1)) ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "under_load.sh: what is $1? --times N, --loops N, then the command" >&2; exit 2 ;;
    *) break ;;
  esac
done
for number in "$times" "$loops"; do
  case $number in '' | *[!0-9]*) echo "under_load.sh: --times and --loops want a number, not '$number'" >&2; exit 2 ;; esac
done
[ "$times" -gt 0 ] || { echo "under_load.sh: --times 0 would run nothing" >&2; exit 2; }
[ $# -gt 0 ] || set -- make test

busy=()
trap 'for pid in "${busy[@]}"; do kill "$pid" 2>/dev/null || true; done' EXIT
trap 'exit 130' INT TERM
for ((i = 0; i < loops; i++)); do
  timeout 3600 sh -c 'while :; do :; done' &
  busy+=($!)
done

for ((i = 1; i <= times; i++)); do
  began=$SECONDS
  code=0
  "$@" || code=$?
  echo "under load: run $i of $times beside $loops busy loops on $(nproc) cores: $((SECONDS - began)) s, exit code $code"
  [ "$code" -eq 0 ] || exit "$code"
done
