#!/bin/bash
# Joins the platforms of a cell into one index under its immutable tag, which names version, patches,
# series, inputs and run, so that no other build ever has the same. The moving tags wait.
set -euo pipefail
mapfile -t tags < <(tools/bin/pinwheel --repo repository tags "$SERVICE" "$SERIES" \
    --branch "$BRANCH" --sha "$COMMIT" --run "$GITHUB_RUN_ID")
subjects=()
for digest in $DIGESTS; do subjects+=("$IMAGE@$digest"); done
tools/scripts/ci/retry.sh docker buildx imagetools create --tag "$IMAGE:${tags[0]}" "${subjects[@]}"
# As JSON: buildx takes whatever begins with {{.Manifest for its own summary.
digest=$(tools/scripts/ci/retry.sh docker buildx imagetools inspect "$IMAGE:${tags[0]}" \
    --format '{{json .Manifest}}' | jq -er .digest)
end=$(openssl rand -hex 16)
{
    echo "digest=$digest"
    echo "tags<<$end"
    printf '%s\n' "${tags[@]}"
    echo "$end"
} >>"$GITHUB_OUTPUT"
