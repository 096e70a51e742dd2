#!/bin/bash
# Joins the platforms of a cell into one index under its immutable tag, which names version, patches,
# series, inputs and run, so that no other build ever has the same. The moving tags wait; those of each
# series that shares the image are among them. The index says which commit of the repository it is of.
set -euo pipefail
run=$GITHUB_RUN_ID
# Another attempt of a run is another build.
[ "${GITHUB_RUN_ATTEMPT:-1}" = 1 ] || run=$run-$GITHUB_RUN_ATTEMPT
all=
# shellcheck disable=SC2153
for series in $SERIES $SHARED; do
    all+=$(tools/bin/pinwheel --repo repository tags "$SERVICE" "$series" \
        --branch "$BRANCH" --default-branch "$DEFAULT_BRANCH" --sha "$COMMIT" --run "$run")$'\n'
done
mapfile -t tags <<<"${all%$'\n'}"
subjects=()
for digest in $DIGESTS; do subjects+=("$IMAGE@$digest"); done
tools/scripts/ci/retry.sh docker buildx imagetools create --tag "$IMAGE:${tags[0]}" \
    --annotation "index:pinwheel.repository-commit=$COMMIT" "${subjects[@]}"
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
