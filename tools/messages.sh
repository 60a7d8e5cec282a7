#!/usr/bin/env bash
# Collect every text to be translated into the Spanish catalogue; keeps what is translated.
set -eu
cd "$(dirname "$0")/.."
command -v xgettext >/dev/null || { echo "gettext is needed: apt-get install gettext" >&2; exit 1; }
mkdir -p enduse/web/locale/es/LC_MESSAGES
cd enduse
DJANGO_SETTINGS_MODULE=enduse.settings ../.venv/bin/django-admin makemessages -l es --no-location --no-wrap -i 'web/static/*' --settings enduse.settings --pythonpath ..
