#!/bin/sh
# Makes .venv where it is missing and installs the pinned packages where they changed.
#   scripts/venv.sh requirements.txt          what the product needs
#   scripts/venv.sh requirements-dev.txt      that, and what the tests need
# The stamp is a hash of the files that decide what is installed, so a start without changes costs no pip at all.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
python=.venv/bin/python

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# A name on the PATH proves little (version managers leave shims that refuse), so each candidate is asked.
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if is_new_enough "$candidate"; then say "$candidate"; return; fi
    done
    stop "Python 3.11 or newer is needed and none was found (python3 here: $(python3 --version 2>/dev/null || echo none)). On Debian 12 or Ubuntu 24.04: apt-get install python3 python3-venv. Elsewhere name one: PYTHON=python3.12 make run."
}

make_venv() {
    base=$(find_python)
    "$base" -c 'import ensurepip, venv' 2>/dev/null \
        || stop "$base cannot make virtual environments because python3-venv is missing. Install it (apt-get install python3-venv) and repeat the command."
    say "Making the virtual environment .venv with $("$base" --version)"
    rm -rf .venv
    "$base" -m venv .venv || stop "The virtual environment could not be made; the reason stands above."
}

if ! [ -x "$python" ] || ! is_new_enough "$python"; then make_venv; fi

stamp=.venv/stamp-$wanted
now=$(cat requirements.txt "$wanted" requirements.lock | "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$now" ]; then exit 0; fi

"$python" -m pip --version >/dev/null 2>&1 || make_venv
say "Installing the packages of $wanted (a minute or two the first time)"
"$python" -m pip install -qq --disable-pip-version-check --no-input -r "$wanted" -c requirements.lock \
    || stop "The packages could not be installed; pip's reason stands above. Is the package index reachable?"
printf '%s\n' "$now" > "$stamp"
