#!/bin/sh
# apply-constraint-overrides.sh SERIES [SERVICE] [FILE]: writes the effective constraints of a series,
# or of one image, to FILE or to stdout. The files of the repository stay as they are.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
if [ $# -lt 1 ] || [ $# -gt 3 ]; then
    echo "usage: apply-constraint-overrides.sh SERIES [SERVICE] [FILE]" >&2
    exit 2
fi
series=$1
service=${2:-}
file=${3:-/dev/stdout}
# Written only when it is whole: a build must not find half of it.
constraints=$("$here/../bin/pinwheel" --repo "${PINWHEEL_REPO:-.}" constraints "$series" ${service:+"$service"})
printf '%s\n' "$constraints" >"$file"
