#!/usr/bin/env bash
# What the tests need beyond the product: a browser and a PostgreSQL server, from the distribution's packages.
set -eu
cd "$(dirname "$0")/.."
export PATH="$PWD/.tools/bin:$PATH"
uv sync --quiet --locked --inexact
missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v xgettext >/dev/null || missing+=(gettext)
[ ${#missing[@]} = 0 ] && exit 0
echo "Installing ${missing[*]} ..." >&2
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
