"""Compile the catalogues whose text is newer than what was compiled of it."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

for source in sorted(Path("enduse/web/locale").glob("*/LC_MESSAGES/*.po")):
    target = source.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        with source.open("rb") as text, target.open("wb") as compiled:
            write_mo(compiled, read_po(text))
