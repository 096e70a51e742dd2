#!/bin/bash
# Points each of $TAGS but the first, which it has, to $SUBJECT: the image of $COMMIT. A tag whose image is of
# a later commit stays: of two runs, the one with the older commit may be the last to end.
set -euo pipefail

# The commit that the image of a tag is of; nothing where there is no such tag, or nobody said.
commit_of() {
    local said errors pause
    errors=$(mktemp)
    for pause in 2 5 15 0; do
        if said=$(docker buildx imagetools inspect --raw "$1" 2>"$errors"); then
            jq -r '.annotations["pinwheel.repository-commit"] // ""' <<<"$said"
            return
        fi
        ! grep -qi 'not found' "$errors" || return 0
        sleep "$pause"
    done
    cat "$errors" >&2
    return 1
}

is_later() {
    [ -n "$1" ] && [ "$1" != "$COMMIT" ] &&
        git -C repository merge-base --is-ancestor "$COMMIT" "$1" 2>/dev/null
}

flags=()
while read -r tag; do
    [ -n "$tag" ] || continue
    there=$(commit_of "${SUBJECT%@*}:$tag")
    if is_later "$there"; then
        echo "$tag stays: its image is of $there, which is later than $COMMIT"
    else
        flags+=(--tag "${SUBJECT%@*}:$tag")
    fi
done < <(tail -n +2 <<<"$TAGS")
[ ${#flags[@]} -eq 0 ] || tools/scripts/ci/retry.sh docker buildx imagetools create "${flags[@]}" "$SUBJECT"
