"""Reading a list file: which format it is, how large it may be, and the reader for it."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from enduse.engines.names.entities import Entity, ListError, ScreenedList
from enduse.engines.names.ftm import read_ftm
from enduse.engines.names.mapped import read_mapped
from enduse.engines.names.ofac import COLUMNS, read_ofac
from enduse.engines.names.un import read_un

FORMATS = ("ofac-csv", "un-xml", "ftm-jsonl", "csv")
SOURCE_BY_FORMAT = {"ofac-csv": "OFAC SDN", "un-xml": "UN Security Council"}
DEFAULT_MAX_BYTES = 500_000_000
VERSION_DIGITS = 12


def read_list(
    path: Path,
    format: str | None = None,
    *,
    source: str = "",
    mapping: Mapping[str, str] | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> ScreenedList:
    """One list file as entities, whole or not at all.

    `format` is one of FORMATS, guessed from the content when None; `mapping` (field to column) is needed for `csv`.
    `source` names the list; by default the publisher, else the file's name. Raises ListError; OSError as usual.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > max_bytes:
        raise ListError(
            "file",
            "size",
            f"The file has {size:,} bytes; at most {max_bytes:,} are read.",
            "Raise the limit.",
        )
    content = path.read_bytes()
    if not content.strip():
        raise ListError("file", "", "The file is empty.", "Fetch the list again from its publisher.")
    chosen = format or guess_format(content, mapping)
    if chosen not in FORMATS:
        raise ListError("format", chosen, "There is no such format.", f"Formats are {', '.join(FORMATS)}.")
    found = parse(content, chosen, mapping)
    if not found.entities:
        raise ListError("file", "", "The list names nobody.", "Fetch it again: an empty list would clear every party.")
    digest = hashlib.sha256(content).hexdigest()
    return replace(
        found,
        source=source or SOURCE_BY_FORMAT.get(chosen, path.stem),
        version=found.version or digest[:VERSION_DIGITS],
        sha256=digest,
    )


def parse(content: bytes, format: str, mapping: Mapping[str, str] | None) -> ScreenedList:
    """The content as a list that has no source and no digest yet."""
    entities: tuple[Entity, ...]
    notes: tuple[str, ...] = ()
    version = ""
    if format == "un-xml":
        entities, version = read_un(content)
    elif format == "ofac-csv":
        entities, notes = read_ofac(decoded(content, fallback="cp1252"))
    elif format == "ftm-jsonl":
        entities, version = read_ftm(decoded(content))
    elif mapping:
        entities = read_mapped(decoded(content), mapping)
    else:
        raise ListError("mapping", "", "A CSV needs a mapping.", "Say which column holds id, name and the rest.")
    return ScreenedList(source="", version=version, sha256="", entities=entities, notes=notes)


def decoded(content: bytes, fallback: str | None = None) -> str:
    """UTF-8 text; `fallback` is the older code page that a publisher still uses."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if fallback:
            return content.decode(fallback, errors="replace")
        line = content.count(b"\n", 0, error.start) + 1
        raise ListError(f"line {line}", "", "The text is not UTF-8.", "Save the file as UTF-8.") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ListError(f"line {line}", "", "The file holds binary data.", "Load the list, not an archive.")
    return text


def guess_format(content: bytes, mapping: Mapping[str, str] | None) -> str:
    """A mapping means `csv`; else the first characters tell. Raises ListError where they do not."""
    if mapping:
        return "csv"
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:4096]
    if start.startswith(b"<"):
        return "un-xml"
    if start.startswith(b"{"):
        return "ftm-jsonl"
    first_line = start.split(b"\n", 1)[0].decode("utf-8", errors="replace").strip()
    cells = next(csv.reader([first_line]), [])
    if len(cells) == len(COLUMNS) and cells[0].strip().isdigit():
        return "ofac-csv"
    raise ListError(
        "file",
        "",
        "Its format cannot be told from its content.",
        f"Name it: {', '.join(FORMATS)}.",
    )
