"""Looks at an image of this repository from inside: python3 - SERVICE VERSION < this file.

Prints a line for each check, `ok NAME` or `FAILED NAME: why`, and ends with 1 where one failed. In
/verify it may find what the build was given: upper-constraints.txt, as `pinwheel constraints SERIES
SERVICE` prints it, and patched.txt, hashes of the files that patches touched.
"""

import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

service, version = sys.argv[1:3]
given = "/verify"
failed = []


def check(name, why):
    print(f"FAILED {name}: {why}" if why else f"ok {name}")
    if why:
        failed.append(name)


def distributions():
    """By name, the one that Python imports: of the environment before the system's packages."""
    found = {}
    for one in importlib.metadata.distributions():
        found.setdefault(canonicalize_name(one.metadata["Name"]), one)
    return found


def wrong_version(installed):
    names = [service, f"openstack-{service}"]
    found = [installed[name].version for name in names if name in installed]
    return "" if found == [version] else f"{service} is {found or 'missing'}, wanted {version}"


def unmet(installed):
    """What `pip check` would say; there is no pip to say it."""
    problems = []
    for name, one in installed.items():
        for text in one.requires or []:
            wanted = Requirement(text)
            if wanted.marker and not wanted.marker.evaluate({**default_environment(), "extra": ""}):
                continue
            other = installed.get(canonicalize_name(wanted.name))
            if other is None:
                problems.append(f"{name} needs {wanted.name}")
            elif not wanted.specifier.contains(other.version, prereleases=True):
                problems.append(f"{name} needs {wanted}, there is {other.version}")
    return "; ".join(problems)


def off_constraints(installed):
    pins = {}
    with open(f"{given}/upper-constraints.txt") as lines:
        for line in lines:
            text = line.split("#")[0].strip()
            if not text:
                continue
            pin = Requirement(text.replace("===", "=="))
            if pin.marker is None or pin.marker.evaluate():
                pins.setdefault(canonicalize_name(pin.name), set()).add(
                    Version(next(iter(pin.specifier)).version)
                )
    return "; ".join(
        f"{name} is {one.version}, pinned {', '.join(map(str, pins[name]))}"
        for name, one in installed.items()
        # What comes from the system's packages is the base's, and not of the environment.
        if name in pins and str(one.locate_file("")).startswith("/var/lib/openstack")
        and Version(one.version) not in pins[name]
    )


def unpatched():
    """Files of installed packages that are not what a patch made of them."""
    packages = sysconfig.get_path("purelib")
    problems = []
    with open(f"{given}/patched.txt") as lines:
        for line in lines:
            wanted, path = line.rstrip("\n").split("  ", 1)
            installed_as = os.path.join(packages, path)
            # Release notes and the like are no part of what is installed.
            if not os.path.isdir(os.path.join(packages, path.split("/")[0])):
                continue
            if not os.path.exists(installed_as):
                problems.append(f"{path} is missing")
                continue
            with open(installed_as, "rb") as content:
                if hashlib.sha256(content.read()).hexdigest() != wanted:
                    problems.append(f"{path} is another")
    return ", ".join(problems)


def tools():
    names = ["gcc", "cc", "g++", "make", "ld", "git", "uv", "pip", "pip3", "bindep"]
    return ", ".join(name for name in names if shutil.which(name))


def user():
    ids = f"{os.getuid()}:{os.getgid()}"
    return "" if ids == "42424:42424" else f"it runs as {ids}"


def manage():
    # neutron has no other, and it does not tell its version.
    database_only = shutil.which(f"{service}-manage") is None
    program = f"{service}-db-manage" if database_only else f"{service}-manage"
    if shutil.which(program) is None:
        return f"{program} is missing"
    option = "--help" if database_only else "--version"
    said = subprocess.run([program, option], capture_output=True, text=True)
    text = (said.stdout + said.stderr).strip()
    if said.returncode != 0:
        return text[-300:]
    # pbr tells a program that asks for its version the release that the commit is on the way to.
    release = re.sub(r"\.dev\d+$", "", version)
    return "" if database_only or release in text else f"{program} says {text[-100:]}"


def configuration():
    folder = f"/etc/{service}"
    if not os.path.isdir(folder):
        return f"{folder} is missing"
    rootwrap = f"{folder}/rootwrap.conf"
    if os.path.exists(rootwrap) and "/var/lib/openstack/bin" not in open(rootwrap).read():
        return f"{rootwrap} does not look into /var/lib/openstack/bin"
    writable = [
        os.path.join(where, name)
        for where, _, names in os.walk(folder)
        for name in names
        if owned(os.path.join(where, name))
    ]
    return f"the service can write {', '.join(writable)}" if writable else ""


def owned(path):
    """By mode, and not by trying: this container is read-only."""
    found = os.stat(path)
    return found.st_uid == os.getuid() or found.st_mode & 0o002


def folders():
    paths = [f"/var/lib/{service}", f"/var/log/{service}"]
    return ", ".join(path for path in paths if not os.path.isdir(path) or not owned(path))


def linked():
    """Extension modules whose libraries the image lacks."""
    missing = []
    for where, _, names in os.walk("/var/lib/openstack"):
        for name in names:
            path = os.path.join(where, name)
            if ".so" not in name and path != "/var/lib/openstack/bin/uwsgi":
                continue
            said = subprocess.run(["ldd", path], capture_output=True, text=True).stdout
            missing += [f"{name}: {line.split()[0]}" for line in said.splitlines() if "not found" in line]
    return ", ".join(missing)


def leftovers():
    """Parts of the build that an image has no use for."""
    paths = ["/wheels", "/source", "/packages", "/root/.cache", "/run/secrets", "/opt/tools"]
    return ", ".join(path for path in paths if os.path.exists(path) and os.access(path, os.R_OK))


installed = distributions()
check("version", wrong_version(installed))
check("requirements", unmet(installed))
if os.path.exists(f"{given}/upper-constraints.txt"):
    check("constraints", off_constraints(installed))
if os.path.exists(f"{given}/patched.txt"):
    check("patches", unpatched())
check("libraries", linked())
check("no build tools", tools())
check("user", user())
check("configuration", configuration())
check("folders", folders())
check("leftovers", leftovers())
check("manage", manage())
sys.exit(1 if failed else 0)
