"""Reading a list file: how large it may be, which format it is in, and the reader for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from enduse.engines.names.archives import MAGIC, unpacked
from enduse.engines.names.bundles import Bundle, Named, bundles, named
from enduse.engines.names.entities import Entity, ListError, ScreenedList
from enduse.engines.names.eu import read_eu
from enduse.engines.names.files import ListFile, look_through
from enduse.engines.names.formats import FORMATS, ZIP, guess, refuse_another, source_of
from enduse.engines.names.ftm import read_ftm
from enduse.engines.names.grouped import EU, OFSI, UK, read_grouped
from enduse.engines.names.mapped import own_mapping, read_mapped
from enduse.engines.names.ofac import read_ofac
from enduse.engines.names.ofac_advanced import read_ofac_advanced
from enduse.engines.names.ofac_xml import read_ofac_xml
from enduse.engines.names.uk import read_ofsi, read_uk
from enduse.engines.names.un import read_un

DEFAULT_MAX_BYTES = 500_000_000
VERSION_DIGITS = 12
LAYOUTS = {"eu-csv": (EU, ";"), "uk-ofsi-csv": (OFSI, ","), "uk-csv": (UK, ",")}
DATED_READERS = {"un-xml": read_un, "eu-xml": read_eu, "ofac-xml": read_ofac_xml, "ofac-adv-xml": read_ofac_advanced, "uk-xml": read_uk, "uk-ofsi-xml": read_ofsi, "ftm-jsonl": read_ftm}


def read_list(
    path: Path,
    format: str | None = None,
    *,
    source: str = "",
    mapping: Mapping[str, str] | None = None,
    beside: Sequence[Path] = (),
    called: str = "",
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> ScreenedList:
    """One list file as entities, whole or not at all; the file is read as a stream.

    `format` is one of FORMATS, told by the content when None; `mapping` (field to column) is needed for a `csv` whose
    columns are not called as our fields are. `beside`: the tables of addresses, aliases and further remarks that belong to
    a table of the Treasury's. `source` names the list; by default the publisher, else the file's name (`called`, where the
    path is not what its publisher calls it). Raises ListError; OSError as usual.
    """
    bundle = Bundle(named(Path(path), called), tuple(named(Path(each)) for each in beside))
    return read_bundle(bundle, format, source=source, mapping=mapping, max_bytes=max_bytes)


def read_bundle(
    bundle: Bundle, format: str | None = None, *, source: str = "", mapping: Mapping[str, str] | None = None, max_bytes: int = DEFAULT_MAX_BYTES
) -> ScreenedList:
    """A list with the tables that belong to it: see read_list."""
    file = look_through(bundle.main.path, max_bytes)
    chosen = format or guess(file.start, mapping)
    if chosen not in FORMATS:
        raise ListError("format", chosen, "There is no such format.", f"Formats are {', '.join(FORMATS)}.")
    if format and not mapping:
        refuse_another(format, file.start)
    if chosen == ZIP:
        return read_archive(file, source=source, max_bytes=max_bytes)
    beside = [(each.name, look_through(each.path, max_bytes)) for each in bundle.beside]
    found = parse(file, chosen, mapping, beside)
    if not found.entities:
        raise ListError("file", "", "The list names nobody.", "Fetch it again: an empty list would clear every party.")
    sha256 = file.sha256
    if beside:
        sha256 = hashlib.sha256("".join((sha256, *(each.sha256 for _, each in beside))).encode()).hexdigest()
    return replace(found, source=source or source_of(chosen, bundle.main.name), version=found.version or sha256[:VERSION_DIGITS], sha256=sha256)


def parse(file: ListFile, format: str, mapping: Mapping[str, str] | None, beside: Sequence[tuple[str, ListFile]] = ()) -> ScreenedList:
    """The content as a list that has no source and no digest yet."""
    entities: tuple[Entity, ...]
    notes: tuple[str, ...] = ()
    version = ""
    if format in DATED_READERS:
        entities, version = DATED_READERS[format](file)
    elif format in LAYOUTS:
        layout, delimiter = LAYOUTS[format]
        entities, version = read_grouped(file, layout, delimiter=delimiter)
    elif format == "ofac-csv":
        entities, notes = read_ofac(file, beside)
    elif told := mapping or own_mapping(file.start):
        entities = read_mapped(file, told)
    else:
        raise ListError("mapping", "", "A CSV needs a mapping.", "Say which column holds id, name and the rest.")
    return ScreenedList(source="", version=version, sha256="", entities=entities, notes=notes)


def read_archive(file: ListFile, *, source: str, max_bytes: int) -> ScreenedList:
    """The one list of an archive, with the tables that belong to it; what else it holds is told in the notes."""
    with unpacked(file.path, max_bytes) as files:
        bundle, others = the_list_of(files)
        try:
            found = read_bundle(bundle, source=source, max_bytes=max_bytes)
        except ListError as error:
            raise bundle.placed(error) from error
    notes = (f"Not read from the archive: {', '.join(others)}.",) if others else ()
    return replace(found, sha256=file.sha256, notes=(*found.notes, *notes))


def the_list_of(files: Sequence[Named]) -> tuple[Bundle, list[str]]:
    """The list in an archive and the names of the files that are none. Raises ListError where there is none, or are several.

    The Treasury packs one list in several dialects: of those the comma-separated is read.
    """
    readable = files if len(files) == 1 else [file for file in files if is_list(file)]
    found = bundles(readable)
    names = ", ".join(file.name for file in files) or "nothing"
    if not found:
        raise ListError("file", "", f"No list that is read here stands in the archive. It holds {names}.", "Load the list itself.")
    if len({each.main.family[0] if each.main.table else each.main.name for each in found}) > 1:
        several = ", ".join(each.main.name for each in found)
        raise ListError("file", "", f"Several lists stand in the archive: {several}.", "Load each of them by itself.")
    if any(each.main.start.startswith(MAGIC) for each in found):
        raise ListError("file", "", "The archive holds another archive.", "Unpack it, and load the list itself.")
    chosen = min(found, key=lambda bundle: bundle.main.family[1] != ".csv")
    read = {chosen.main.path, *(each.path for each in chosen.beside)}
    return chosen, [file.name for file in files if file.path not in read]


def is_list(file: Named) -> bool:
    if file.table is not None:
        return True
    try:
        return guess(file.start) != ZIP
    except ListError:
        return False
