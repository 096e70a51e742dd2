#!/bin/sh
# In a container of python-base: an archive of which an earlier moment is had as well, and what
# install-packages takes from it. Prints the version that it took of the past, and that of today.
set -eu
cd "$(mktemp -d)"
# release VERSION FOLDER
release() {
    mkdir -p "$2/dists/here/main/binary-all" "$2/pool" package/DEBIAN
    cat >package/DEBIAN/control <<EOF
Package: moment
Version: $1
Architecture: all
Maintainer: nobody <nobody@localhost>
Description: has a past
EOF
    deb=pool/moment_$1_all.deb
    dpkg-deb --build package "$2/$deb" >/dev/null
    index=main/binary-all/Packages
    {
        cat package/DEBIAN/control
        echo "Filename: $deb"
        echo "Size: $(stat -c %s "$2/$deb")"
        echo "SHA256: $(sha256sum <"$2/$deb" | cut -c1-64)"
    } >"$2/dists/here/$index"
    {
        printf 'Suite: here\nCodename: here\nArchitectures: all\nComponents: main\n'
        echo "Date: $(date -Ru)"
        echo SHA256:
        echo " $(sha256sum <"$2/dists/here/$index" | cut -c1-64) $(stat -c %s "$2/dists/here/$index") $index"
    } >"$2/dists/here/Release"
}
release 2 archive
release 1 archive/past/20200101T000000Z
python3 -m http.server --directory archive 8080 >/dev/null 2>&1 &
until python3 -c 'import socket; socket.create_connection(("localhost", 8080))' 2>/dev/null; do sleep 0.1; done
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d
echo 'deb [trusted=yes] http://localhost:8080/ here main' >/etc/apt/sources.list
# Where the past of an archive is had: apt itself knows that of Ubuntu's and of Debian's.
echo 'Acquire::Snapshots::URI::Host::localhost "http://localhost:8080/past/@SNAPSHOTID@/";' \
    >/etc/apt/apt.conf.d/past
for moment in 20200101T000000Z ''; do
    APT_SNAPSHOT=$moment install-packages moment >&2
    # shellcheck disable=SC2016
    dpkg-query --show --showformat '${Version}\n' moment
done
