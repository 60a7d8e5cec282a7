"""A list file as a stream: its size, its digest and its encoding are known before anything of it is read."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enduse.engines.names.entities import ListError

CHUNK = 1 << 20
START = 8_192
BOM = b"\xef\xbb\xbf"
LONGEST_CELL = 1_000_000
FETCH_AGAIN = "Fetch the list again from its publisher and load the whole file."


@dataclass(frozen=True)
class ListFile:
    """One file, looked through once. `not_utf8`: the line of the first byte that is not UTF-8, 0 where all is."""

    path: Path
    size: int
    sha256: str
    start: bytes
    end: bytes
    not_utf8: int
    binary: int

    def lines(self, *, fallback: str = "") -> Iterator[str]:
        """Its lines as text, with their ends. `fallback` is the older code page that a publisher still uses."""
        encoding = "utf-8-sig"
        if self.not_utf8:
            if not fallback:
                raise ListError(f"line {self.not_utf8}", "", "The text is not UTF-8.", "Save the file as UTF-8.")
            encoding = fallback
        if self.binary:
            raise ListError(f"line {self.binary}", "", "The file holds binary data.", "Load the list, not an archive.")
        with self.path.open(encoding=encoding, errors="replace" if encoding == fallback else "strict", newline="") as file:
            yield from file

    def rows(self, *, delimiter: str = ",", fallback: str = "", mark: str = "") -> Iterator[tuple[int, list[str]]]:
        """(number, cells) of each row that is not empty; an end `mark` is not one. Raises ListError at a row that is not whole."""
        csv.field_size_limit(LONGEST_CELL)
        lines = self.lines(fallback=fallback)
        reader = csv.reader(until(mark, lines) if mark else lines, delimiter=delimiter, strict=True)
        number = 0
        try:
            for number, row in enumerate(reader, start=1):
                if row:
                    yield number, row
        except csv.Error as error:
            raise ListError(f"row {number + 1}", "", f"The row is not whole CSV ({error}).", FETCH_AGAIN) from error

    def refuse_cut_row(self) -> None:
        """A published CSV ends its last row: one that does not was cut."""
        if not self.end.endswith((b"\n", b"\r")):
            rows = sum(1 for _ in self.lines(fallback="cp1252"))
            raise ListError(f"row {rows}", "", "The file stops in the middle of a row.", FETCH_AGAIN)


def until(mark: str, lines: Iterator[str]) -> Iterator[str]:
    """The lines before the end mark. Raises ListError where text follows it."""
    for line in lines:
        before, found, after = line.partition(mark)
        yield before
        if found:
            if after.strip() or any(rest.strip() for rest in lines):
                raise ListError("after the end mark", "", "Text follows the file's end mark.", FETCH_AGAIN)
            return


def look_through(path: Path, max_bytes: int) -> ListFile:
    """Read the file once, a piece at a time. Raises ListError where it is empty or larger than `max_bytes`."""
    size = path.stat().st_size
    if size > max_bytes:
        raise ListError("file", "size", f"The file has {size:,} bytes; at most {max_bytes:,} are read.", "Raise the limit.")
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    start, end, not_utf8, binary, line = b"", b"", 0, 0, 1
    blank = True
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            start = start or chunk[:START]
            end = chunk[-16:]
            blank = blank and not chunk.strip()
            if not binary and b"\0" in chunk:
                binary = line + chunk.count(b"\n", 0, chunk.index(b"\0"))
            if not not_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    not_utf8 = line + error.object.count(b"\n", 0, error.start)
            line += chunk.count(b"\n")
    if blank:
        raise ListError("file", "", "The file is empty.", "Fetch the list again from its publisher.")
    return ListFile(path, size, digest.hexdigest(), start, end, not_utf8, binary)


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without the blanks around them; none where it is no line of CSV."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
