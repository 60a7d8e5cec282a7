"""Which format a list file is in, told by its first bytes; and what a file is that is no list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath

from enduse.engines.names.archives import MAGIC as ZIP_MAGIC
from enduse.engines.names.bundles import TOGETHER, of_others
from enduse.engines.names.entities import ListError
from enduse.engines.names.files import BOM, cells_of
from enduse.engines.names.mapped import delimiter_of, own_mapping
from enduse.engines.names.ofac_tables import MAIN, SAID, table_of
from enduse.engines.names.xml import document_type

ZIP = "zip"
FORMATS = ("ofac-csv", "ofac-xml", "ofac-adv-xml", "un-xml", "eu-xml", "eu-csv", "uk-xml", "uk-csv", "uk-ofsi-xml", "uk-ofsi-csv", "ftm-jsonl", "csv", ZIP)
SOURCE_BY_FORMAT = {
    "ofac-csv": "OFAC SDN", "ofac-xml": "OFAC SDN", "ofac-adv-xml": "OFAC SDN", "un-xml": "UN Security Council", "eu-xml": "EU financial sanctions",
    "eu-csv": "EU financial sanctions", "uk-ofsi-csv": "UK consolidated list", "uk-ofsi-xml": "UK consolidated list",
    "uk-csv": "UK Sanctions List", "uk-xml": "UK Sanctions List",
}  # fmt: skip
OFAC_OTHERS = "OFAC consolidated (non-SDN)"
ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
FORMAT_BY_ROOT = {
    b"CONSOLIDATED_LIST": "un-xml", b"export": "eu-xml", b"sdnList": "ofac-xml", b"Sanctions": "ofac-adv-xml", b"Designations": "uk-xml",
    b"ArrayOfFinancialSanctionsTarget": "uk-ofsi-xml",
}  # fmt: skip
OTHER_ROOTS = {
    b"sanctionsData": "the US Treasury's list in enhanced XML",
    b"html": "a web page", b"swiss-sanctions-list": "the Swiss list",
}  # fmt: skip
PLAIN_REMEDY = {b"sanctionsData": "The Treasury gives SDN.XML and CONSOLIDATED.XML too, and both in advanced XML: load those."}
MAGIC = {
    b"%PDF": "a PDF", b"\x1f\x8b": "an archive", b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text",
}  # fmt: skip
MARKS = {
    "eu-csv": (("entity_logicalid",), ("entity_logical_id",)), "uk-ofsi-csv": (("group id", "group type"),),
    "uk-csv": (("unique id", "name type"),),
}  # fmt: skip


def guess(start: bytes, mapping: Mapping[str, str] | None = None) -> str:
    """The format; a mapping means `csv`. Raises ListError where the first bytes do not tell, saying what they look like."""
    if mapping:
        return "csv"
    if start.startswith(ZIP_MAGIC):
        return ZIP
    for magic, what in MAGIC.items():
        if start.startswith(magic):
            raise ListError("file", "", f"It is {what}.", "Unpack it, or save it in a list's own format, and load that file.")
    text = start.removeprefix(BOM).lstrip()
    if text.startswith(b"<"):
        return guess_xml(text)
    if text.startswith(b"{"):
        return "ftm-jsonl"
    if text.startswith(b"["):
        raise ListError("file", "", "It is one JSON array.", "Load FollowTheMoney JSON lines: one entity a line.")
    return guess_table(text)


def guess_xml(text: bytes) -> str:
    if b"<!DOCTYPE" in text[:4096] and b"<html" not in text[:4096].lower():
        raise document_type("a document type")
    tag = ROOT.search(text)
    name = tag[1] if tag else b""
    if name in FORMAT_BY_ROOT:
        return FORMAT_BY_ROOT[name]
    what = OTHER_ROOTS.get(name) or OTHER_ROOTS.get(name.lower()) or f"XML of another kind (<{name.decode()}>)"
    remedy = "Its publisher gives a CSV of it too: load that." if "list" in what else "Fetch the list again from its publisher."
    remedy = PLAIN_REMEDY.get(name, remedy)
    raise ListError("file", "", f"It is {what}, which is not read here.", remedy)


def guess_table(text: bytes) -> str:
    lines = [line.decode("utf-8", errors="replace").strip() for line in text.split(b"\n")[:4]]
    table = table_of(text)
    if table is not None:
        if table.kind == MAIN:
            return "ofac-csv"
        raise ListError("file", "", f"It is {SAID[table.kind]} of a list of the US Treasury, without the list.", TOGETHER)
    for line in lines:
        folded = line.lower()
        for format, choices in MARKS.items():
            if any(all(column in folded for column in together) for together in choices):
                return format
    if own_mapping(text) is not None:
        return "csv"
    header = ", ".join(cells_of(lines[0], delimiter_of(text))[:12])
    raise ListError(
        "file", "", "Its format cannot be told from its content.",
        f"Name it: {', '.join(FORMATS)}. For a CSV of your own say which column holds what; its first line has: {header}.",
    )  # fmt: skip


def refuse_another(chosen: str, start: bytes) -> None:
    """A file that was said to be in one format and looks like another. Raises ListError, saying which."""
    try:
        looks = guess(start)
    except ListError as error:
        if error.reason.startswith("It is "):
            raise
        return
    if looks == ZIP != chosen:
        raise ListError("format", chosen, "The file is an archive.", "Leave the format to be told by what it holds, or unpack it.")
    if looks != chosen and "csv" not in {looks, chosen}:
        raise ListError("format", chosen, f"The file looks like {looks}.", f"Choose {looks}, or leave the format to be told by the content.")


def source_of(format: str, name: str) -> str:
    """What a list is called: by its publisher, where the format tells; the Treasury's two lists are told apart by the file's name."""
    if format.startswith("ofac") and of_others(name):
        return OFAC_OTHERS
    return SOURCE_BY_FORMAT.get(format, PurePath(name).stem)
