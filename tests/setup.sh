#!/bin/sh
# Make the project-local virtual environment .venv and the collection tree in .build.
#
# Any Python from 3.11 on will do (PYTHON=/path/to/python chooses one); tests/requirements.txt pins what goes in.
# When nothing has changed since the last time this does nothing.
set -eu

cd "$(dirname "$0")/.."
log=.build/logs/setup.log

say() { printf '%s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# An interpreter counts when it really runs: version managers put shims on PATH that only print an error.
# That of .venv itself does not count: it is about to be replaced.
runs() {
    "$1" -c 'import os, sys
sys.exit(sys.version_info < (3, 11) or sys.prefix == os.path.realpath(".venv"))' >/dev/null 2>&1
}
# Debian keeps ensurepip in a package of its own, and venv fails half-way without it.
makes_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    for python in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
        if runs "$python" && makes_venv "$python"; then return 0; fi
    done
    return 1
}

# What the environment depends on: the pinned packages, and the checkout's own path, which pip writes into scripts.
stamp() { pwd; cat tests/requirements.txt; }

# Ansible finds the checkout as a collection here. The link is relative: a checkout can move.
mkdir -p .build/collections/ansible_collections/inet6 .build/logs
[ -L .build/collections/ansible_collections/inet6/postfix ] ||
    ln -s ../../../.. .build/collections/ansible_collections/inet6/postfix

if stamp | cmp -s - .venv/stamp && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

if ! find_python; then
    if [ -z "${PYTHON:-}" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] &&
        { runs python3 || ! command -v python3 >/dev/null; }; then
        say 'Installing the system package python3-venv'
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv; } \
            >"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; die 'apt-get could not install python3-venv.'; }
    fi
    find_python || die 'a Python from 3.11 on with its venv module is needed:' \
        'install it (on Debian and Ubuntu: apt-get install python3-venv), or name one with PYTHON=/path/to/python.'
fi

say "Installing Ansible, molecule and the linters into .venv ($("$python" --version); about a minute, 500 MB)"
start=$(date +%s)
# The lock file is complete, so pip has nothing to resolve; bytecode is compiled on first use, not for 500 MB now.
if ! {
    "$python" -m venv --clear .venv &&
        .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-compile --no-deps \
            -r tests/requirements.txt
} >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    die "the installation into .venv failed; all of its output is in $log."
fi
stamp >.venv/stamp
say "Installed in $(($(date +%s) - start)) s: $(.venv/bin/python -c 'from ansible.release import __version__ as v
print("ansible-core", v)')"
