"""A small list of invented names in the real OFAC layout, for the demonstration and for trying the product out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

DEMO_SOURCE = "Demonstration list (invented names)"
DEMO_ARCHIVE = "demo_list.zip"
PACKED_AT = (2012, 1, 1, 0, 0, 0)  # the same archive each time


def demo_list_path() -> Path:
    """Its main table, to hand to `read_list(path, source=DEMO_SOURCE)`."""
    return Path(__file__).with_name("demo_list.csv")


def demo_tables() -> tuple[Path, ...]:
    """The main table, then its addresses and its strong aliases."""
    return tuple(Path(__file__).with_name(name) for name in ("demo_list.csv", "demo_add.csv", "demo_alt.csv"))


def demo_archive() -> io.BytesIO:
    """All of its tables in one archive, as a publisher packs them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in demo_tables():
            archive.writestr(zipfile.ZipInfo(table.name, PACKED_AT), table.read_bytes())
    packed.seek(0)
    return packed
