#!/bin/bash
# retry.sh COMMAND…: up to five times, with ever longer pauses and a part of chance in them.
set -uo pipefail
for pause in 2 5 15 30 0; do
    "$@" && exit 0
    code=$?
    [ "$pause" -eq 0 ] || sleep "$((pause + RANDOM % 3))"
done
exit "$code"
