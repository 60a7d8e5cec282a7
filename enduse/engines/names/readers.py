"""Reading a list file: how large it may be, which format it is in, and the reader for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from enduse.engines.names.entities import Entity, ListError, ScreenedList
from enduse.engines.names.eu import read_eu
from enduse.engines.names.files import ListFile, look_through
from enduse.engines.names.formats import FORMATS, SOURCE_BY_FORMAT, guess, refuse_another
from enduse.engines.names.ftm import read_ftm
from enduse.engines.names.grouped import EU, OFSI, UK, read_grouped
from enduse.engines.names.mapped import own_mapping, read_mapped
from enduse.engines.names.ofac import read_ofac
from enduse.engines.names.un import read_un

DEFAULT_MAX_BYTES = 500_000_000
VERSION_DIGITS = 12
LAYOUTS = {"eu-csv": (EU, ";"), "uk-ofsi-csv": (OFSI, ","), "uk-csv": (UK, ",")}


def read_list(
    path: Path,
    format: str | None = None,
    *,
    source: str = "",
    mapping: Mapping[str, str] | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> ScreenedList:
    """One list file as entities, whole or not at all; the file is read as a stream.

    `format` is one of FORMATS, told by the content when None; `mapping` (field to column) is needed for a `csv` whose
    columns are not called as our fields are. `source` names the list; by default the publisher, else the file's name.
    Raises ListError; OSError as usual.
    """
    path = Path(path)
    file = look_through(path, max_bytes)
    chosen = format or guess(file.start, mapping)
    if chosen not in FORMATS:
        raise ListError("format", chosen, "There is no such format.", f"Formats are {', '.join(FORMATS)}.")
    if format and not mapping:
        refuse_another(format, file.start)
    found = parse(file, chosen, mapping)
    if not found.entities:
        raise ListError("file", "", "The list names nobody.", "Fetch it again: an empty list would clear every party.")
    return replace(
        found,
        source=source or SOURCE_BY_FORMAT.get(chosen, path.stem),
        version=found.version or file.sha256[:VERSION_DIGITS],
        sha256=file.sha256,
    )


def parse(file: ListFile, format: str, mapping: Mapping[str, str] | None) -> ScreenedList:
    """The content as a list that has no source and no digest yet."""
    entities: tuple[Entity, ...]
    notes: tuple[str, ...] = ()
    version = ""
    if format == "un-xml":
        entities, version = read_un(file)
    elif format == "eu-xml":
        entities, version = read_eu(file)
    elif format in LAYOUTS:
        layout, delimiter = LAYOUTS[format]
        entities, version = read_grouped(file, layout, delimiter=delimiter)
    elif format == "ofac-csv":
        entities, notes = read_ofac(file)
    elif format == "ftm-jsonl":
        entities, version = read_ftm(file)
    elif told := mapping or own_mapping(file.start):
        entities = read_mapped(file, told)
    else:
        raise ListError("mapping", "", "A CSV needs a mapping.", "Say which column holds id, name and the rest.")
    return ScreenedList(source="", version=version, sha256="", entities=entities, notes=notes)
