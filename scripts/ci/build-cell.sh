#!/bin/bash
# Builds $SERVICE of $SERIES in ./repository for this runner's platform, as the image `candidate`. With
# IMAGE it is first pushed there, by digest and without a tag, and `candidate` is what was pushed.
set -euo pipefail
bases=$RUNNER_TEMP/bases
flags=(--provenance=false --progress=plain)

run() {
    node tools/tools/with-node.mjs "tools/scripts/$1" "${@:2}"
}

# A registry or a network that fails may answer in a moment. The builder still has what it built, so that
# only what is missing is done again: the push, as a rule.
build() {
    local try log=$RUNNER_TEMP/try.log
    for try in 1 2 3; do
        if run build-image.ts "$1" "$SERIES" --repo repository --work "$RUNNER_TEMP/cell" -- \
            "${flags[@]}" "${@:2}" 2>&1 | tee "$log" | tee -a "$RUNNER_TEMP/build.log"; then
            return 0
        fi
        if [ "$try" -eq 3 ] || ! run ci/may-pass.ts "$log"; then return 1; fi
        sleep "$((try * 10 + RANDOM % 5))"
    done
}

# In the order that they build on one another. A base that is a cell itself, as ovs is of ovn, is built
# here, from the same inputs as its own cell.
order=$(tools/bin/pinwheel --repo repository recipe "$SERVICE" "$SERIES" | jq -r '.bases[]')
for base in $order; do
    [ -e "$bases/$base" ] || build "$base" --output "type=oci,tar=false,dest=$bases/$base,name=$base:run,rewrite-timestamp=true"
    flags+=(--build-context "$base=oci-layout://$bases/$base:run")
done
scope=${CACHE:+$CACHE:$SERVICE-$SERIES-$ARCH}
[ -z "$scope" ] || flags+=(--cache-from "type=registry,ref=$scope")
if [ -n "$IMAGE" ]; then
    flags+=(
        --output "type=image,name=$IMAGE,push-by-digest=true,name-canonical=true,push=true,rewrite-timestamp=true"
        --cache-to "type=registry,ref=$scope,mode=max"
        --metadata-file "$RUNNER_TEMP/metadata.json"
    )
else
    flags+=(--load --tag candidate)
fi
build "$SERVICE"
[ -n "$IMAGE" ] || exit 0

digest=$(jq -er '."containerimage.digest"' "$RUNNER_TEMP/metadata.json")
# A registry may take a moment until it gives what it took.
tools/scripts/ci/retry.sh docker pull "$IMAGE@$digest"
docker tag "$IMAGE@$digest" candidate
echo "digest=$digest" >>"$GITHUB_OUTPUT"
