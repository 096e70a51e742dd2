#!/bin/sh
# Looks at an image of compiled programs from inside: sh -s < this file. A line for each check.
status=0
check() {
    if [ -z "$2" ]; then
        echo "ok $1"
    else
        echo "FAILED $1: $2"
        status=1
    fi
}
found=''
for tool in gcc cc g++ make ld git uv pip pip3 bindep autoconf; do
    if command -v "$tool" >/dev/null; then found="$found $tool"; fi
done
check 'no build tools' "$found"

if [ "$(id -u):$(id -g)" = 42424:42424 ]; then check user ''; else check user "it runs as $(id -u)"; fi

missing=''
unstripped=''
for file in /usr/bin/ov[ns]* /usr/sbin/ov[ns]*; do
    [ -f "$file" ] || continue
    [ "$(head -c4 "$file" | tail -c3)" = ELF ] || continue
    missing="$missing$(ldd "$file" | sed -n "s|^[[:space:]]*\(.*\) => not found|${file##*/}: \1 |p")"
    [ "$(wc -c <"$file")" -lt 12000000 ] || unstripped="$unstripped ${file##*/}"
done
check libraries "$missing"
check 'stripped' "$unstripped"
exit $status
