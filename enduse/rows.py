"""Reading a CSV that a person made: every fault with its row, its field, its reason and its remedy; all or nothing."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from enduse.refusals import Invalid, Problem, Problems

MAX_ROWS = 200_000
MAX_FIELD = 1_000


def text_of(file: IO[bytes], *, name: str) -> str:
    """The file as text. Refused: too large, empty, not UTF-8 (with the line and the byte that show it)."""
    limit = settings.ENDUSE_UPLOAD_LIMIT_MB * 1_000_000
    raw = file.read(limit + 1)
    if len(raw) > limit:
        raise Invalid(Problem(
            _("The file is larger than %(limit)d MB.") % {"limit": settings.ENDUSE_UPLOAD_LIMIT_MB},
            _("Split it, or take out the columns that are not asked for."), field=name))
    if not raw.strip():
        raise Invalid(Problem(_("The file is empty."), _("It needs a header line and at least one row."), field=name))
    if raw[:4] in {b"PK\x03\x04", b"%PDF"} or b"\x00" in raw[:1000]:
        raise Invalid(Problem(_("This is not a CSV file."), _("Open it in your spreadsheet and save it as CSV (UTF-8)."), field=name))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise Invalid(Problem(
            _("The text is not UTF-8: byte 0x%(byte)02X. It may be Latin-1.") % {"byte": raw[error.start]},
            _("Save it again as 'CSV UTF-8'."), row=row, field=name)) from error


def read_rows(
    file: IO[bytes], *, required: Sequence[str], optional: Sequence[str] = (), name: str = "file", max_rows: int = MAX_ROWS,
) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number in the file, {column: text without outer space}) for each row; the header is row 1.

    Refused before the first row: a missing or unknown column, no rows. While reading: too many cells, a cell too long.
    """
    text = text_of(file, name=name)
    dialect = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect, strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader)]
        _check_header(header, required, optional)
        yield from _data_rows(reader, header, name, max_rows)
    except csv.Error as error:
        raise Invalid(Problem(
            _("The CSV is broken here: %(error)s.") % {"error": error}, _("Look for a quotation mark that is not closed."),
            row=reader.line_num, field=name)) from error


def stream_rows(path: Path, *, required: Sequence[str], optional: Sequence[str] = (), name: str = "file") -> Iterator[tuple[int, dict[str, str]]]:
    """As `read_rows`, of a file of any size on this machine: a line is read when it is asked for."""
    row = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            first = source.readline(MAX_FIELD * 100)
            source.seek(0)
            reader = csv.reader(source, delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
            header = [cell.strip().lower() for cell in next(reader, [])]
            if not header:
                raise Invalid(Problem(_("The file is empty."), _("It needs a header line and at least one row."), field=name))
            _check_header(header, required, optional)
            for row, cells in _data_rows(reader, header, name, sys.maxsize):
                yield row, cells
    except UnicodeDecodeError as error:
        line, byte = _first_undecodable(path)
        raise Invalid(Problem(
            _("The text is not UTF-8: byte 0x%(byte)02X. It may be Latin-1.") % {"byte": byte},
            _("Save it again as 'CSV UTF-8'."), row=line, field=name)) from error
    except csv.Error as error:
        raise Invalid(Problem(
            _("The CSV is broken here: %(error)s.") % {"error": error}, _("Look for a quotation mark that is not closed."),
            row=row + 1, field=name)) from error


def _first_undecodable(path: Path) -> tuple[int, int]:
    """The line of a file that is no UTF-8, and the byte that shows it."""
    with path.open("rb") as source:
        for number, line in enumerate(source, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                return number, line[error.start]
    return 1, 0


def _check_header(header: list[str], required: Sequence[str], optional: Sequence[str]) -> None:
    problems = Problems()
    for column in required:
        if column not in header:
            problems.add(_("The column is missing."), _("The header must have: %s.") % ", ".join(required), row=1, field=column)
    for column in header:
        if column not in required and column not in optional:
            problems.add(_("This column is not known."), _("Take it out, or name it one of: %s.") % ", ".join([*required, *optional]), row=1, field=column)
        if header.count(column) > 1:
            problems.add(_("This column stands twice."), _("Keep one."), row=1, field=column)
    problems.raise_if_any()


def _data_rows(reader: Iterator[list[str]], header: list[str], name: str, max_rows: int) -> Iterator[tuple[int, dict[str, str]]]:
    count = 0
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > max_rows:
            raise Invalid(Problem(_("There are more than %(max)d rows.") % {"max": max_rows}, _("Split the file."), row=number, field=name))
        if len(cells) != len(header):
            raise Invalid(Problem(
                _("There are %(here)d cells, the header has %(there)d.") % {"here": len(cells), "there": len(header)},
                _("Look for a missing or an extra comma."), row=number))
        if any(len(cell) > MAX_FIELD for cell in cells):
            raise Invalid(Problem(_("A cell is longer than %(max)d characters.") % {"max": MAX_FIELD}, _("Shorten it."), row=number))
        yield number, {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    if count == 0:
        raise Invalid(Problem(_("The file has a header but no rows."), _("Add one row for each firearm."), field=name))
