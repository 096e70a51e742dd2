#!/bin/bash
# bases-epoch.sh REPOSITORY: the time that files of the base images have at most, in seconds since 1970: that of
# the last commit that changed them. Packages of one moment are the same layers then, whichever run made them.
set -euo pipefail
repository=$1
commit=$(git -C "$repository" log -1 --format=%ct -- images/python-base images/venv-builder)
if [ -z "$commit" ]; then
    echo "bases-epoch: $repository: no commit has images/python-base" >&2
    exit 1
fi
echo "$commit"
