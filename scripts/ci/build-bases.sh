#!/bin/bash
# Builds the base images into OCI layouts below $RUNNER_TEMP/bases, where build-cell.sh finds them: no
# registry is needed, so that a fork builds the same way. REPOSITORY: the images repository. APT_SNAPSHOT: the
# moment of the archive that they, and all that is built on them, have packages of; empty for as it is.
set -euo pipefail
bases=$RUNNER_TEMP/bases
epoch=$("$(dirname "$0")/bases-epoch.sh" "$REPOSITORY")
mkdir -p "$bases"
build() {
    local name=$1
    shift
    docker buildx build "$REPOSITORY/images/$name" --provenance=false "$@" \
        --build-arg "SOURCE_DATE_EPOCH=$epoch" \
        --output "type=oci,tar=false,dest=$bases/$name,name=$name:run,rewrite-timestamp=true"
}
build python-base --build-arg "APT_SNAPSHOT=${APT_SNAPSHOT:-}"
build venv-builder --build-context "python-base=oci-layout://$bases/python-base:run"
