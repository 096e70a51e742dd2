#!/bin/sh
# verify-image.sh IMAGE SERVICE SERIES VERSION [WORK]: checks one image, from outside and from inside,
# without a network. A line for each check; ends with 1 where one failed. With WORK, the folder that
# build-image.ts prepared, constraints and patches are checked too.
set -eu
if [ $# -lt 4 ]; then
    echo "usage: verify-image.sh IMAGE SERVICE SERIES VERSION [WORK]" >&2
    exit 2
fi
image=$1
service=$2
series=$3
version=$4
work=${5:+$(readlink -f "$5")}
here=$(cd "$(dirname "$0")" && pwd -P)
status=0

# property NAME WANTED TEMPLATE: a property of the image's configuration
property() {
    found=$(docker image inspect --format "$3" "$image")
    if [ "$found" = "$2" ]; then
        echo "ok $1"
    else
        echo "FAILED $1: it is '$found', wanted '$2'"
        status=1
    fi
}
property 'user by number' '42424:42424' '{{.Config.User}}'
property 'label title' "$service" '{{index .Config.Labels "org.opencontainers.image.title"}}'
property 'label version' "$version" '{{index .Config.Labels "org.opencontainers.image.version"}}'
property 'label series' "$series" '{{index .Config.Labels "pinwheel.series"}}'
property 'health check' 'healthcheck' '{{index .Config.Healthcheck.Test 1}}'

# What is compiled has no Python environment, and is looked at from a shell.
if ! docker run --rm --network none --entrypoint test "$image" -d /var/lib/openstack; then
    docker run --rm --interactive --network none --read-only --tmpfs /tmp --cap-drop ALL \
        --entrypoint sh "$image" -s <"$here/verify-native.sh" || status=1
    exit $status
fi
property 'entry point' 'uwsgi' '{{index .Config.Entrypoint 0}}'

# Read-only, as operators run it; what Python needs to write it has to get by.
docker run --rm --interactive --network none --read-only --tmpfs /tmp --cap-drop ALL \
    ${work:+--volume "$work/constraints/upper-constraints.txt:/verify/upper-constraints.txt:ro"} \
    ${work:+--volume "$work/patched.txt:/verify/patched.txt:ro"} \
    --entrypoint python3 "$image" - "$service" "$version" \
    <"$here/verify-image.py" || status=1
exit $status
