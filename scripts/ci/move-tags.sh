#!/bin/bash
# Points each of $TAGS but the first, which it has, to $SUBJECT.
set -euo pipefail
flags=()
while read -r tag; do
    [ -z "$tag" ] || flags+=(--tag "${SUBJECT%@*}:$tag")
done < <(tail -n +2 <<<"$TAGS")
[ ${#flags[@]} -eq 0 ] || tools/scripts/ci/retry.sh docker buildx imagetools create "${flags[@]}" "$SUBJECT"
