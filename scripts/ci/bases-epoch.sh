#!/bin/bash
# bases-epoch.sh REPOSITORY: the time that files of the base images have at most, in seconds since 1970. The
# same for the same commit, so that two builds have the same layers, and what is built on them is found in
# the cache of the last run.
set -euo pipefail
repository=$1
# With no package younger than this, nothing of a package is touched.
pin='^ARG APT_SNAPSHOT=([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z\r?$'
moment=$(sed -nE "s/$pin/\1-\2-\3 \4:\5:\6 UTC/p" "$repository/images/python-base/Dockerfile")
if [ -n "$moment" ]; then
    date --utc --date="$moment" +%s
    exit
fi
commit=$(git -C "$repository" log -1 --format=%ct -- images/python-base images/venv-builder)
if [ -z "$commit" ]; then
    echo "bases-epoch: $repository: python-base names no APT_SNAPSHOT, and is in no commit" >&2
    exit 1
fi
echo "$commit"
