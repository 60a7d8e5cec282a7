"""Traces by the thousand: a register and recoveries as CSV in, ranked candidates as CSV out."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from enduse.engines.serials.answer import Candidates, Gun
from enduse.engines.serials.learn import fit as fit_model
from enduse.engines.serials.marks import Marks, UnreadableMarks, read_marks
from enduse.engines.serials.model import DEFAULT, ErrorModel
from enduse.engines.serials.register import Register

COLUMNS = ("id", "rank", "row", "serial", "probability", "none_probability")
MOST_RANKS = 10
MOST_ERRORS = 20
NOT_HELD = frozenset({"", "-1"})


class BadFile(ValueError):
    """A file that cannot be taken: every fault with its file, line, reason and remedy; nothing was written."""

    def __init__(self, faults: list[str]) -> None:
        more = f"\n... and {len(faults) - MOST_ERRORS:,} more" if len(faults) > MOST_ERRORS else ""
        super().__init__("\n".join(faults[:MOST_ERRORS]) + more)
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Recoveries:
    """Recoveries of a file in their order: ids, marks (None where too little can be read), the line each stands on.

    `rows`: the gun each really was, as a row of the register, None where the register does not hold it; empty unless asked for.
    """

    identities: tuple[str, ...]
    marks: tuple[Marks | None, ...]
    lines: tuple[int, ...]
    unanswered: tuple[tuple[str, str], ...]
    rows: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Traced:
    """What a batch came to: recoveries answered, those whose marks say too little (id and why), the model used."""

    recoveries: int
    unanswered: tuple[tuple[str, str], ...]
    model: ErrorModel


def trace_file(
    register_csv: Path,
    recoveries_csv: Path,
    out_csv: Path,
    *,
    fit: bool = False,
    progress: Callable[[int, int], None] | None = None,
    model: ErrorModel = DEFAULT,
) -> Traced:
    """Traces every recovery against the register; with `fit` the error model is first fitted to the batch itself.

    Register columns: serial, and make, model, type, calibre, year where known. Recoveries: id, marks, and make, model,
    type, calibre, year where read. Writes `COLUMNS`, at most ten ranks an id, by id in the order of entry; marks that say
    too little, or that nothing in the register fits, get one line with rank 0 and none_probability 1 or what it is.
    `progress` is told (done, all). Raises BadFile and writes nothing when a file has a fault.
    """
    asked_for = read_recoveries(Path(recoveries_csv))
    identities, marks = asked_for.identities, asked_for.marks
    with tempfile.TemporaryDirectory(prefix="register-") as folder:
        register = Register.build(Path(folder), read_guns(Path(register_csv)))
        if fit:
            model = fit_model(register, [m for m in marks if m is not None], start=model)
        asked = [m for m in marks if m is not None]
        told = (lambda done: progress(done, len(asked))) if progress is not None else None
        answers = iter(register.search_many(asked, MOST_RANKS, told, model))
        given = [None if m is None else next(answers) for m in marks]
        partial = Path(out_csv).with_suffix(".partial")
        with partial.open("w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out, lineterminator="\n")
            lines.writerow(COLUMNS)
            for identity, answer in zip(identities, given, strict=True):
                lines.writerows(_lines(identity, answer))
        partial.replace(out_csv)
    return Traced(len(identities), asked_for.unanswered, model)


def _lines(identity: str, answer: Candidates | None) -> Iterator[tuple[str, int, str, str, str, str]]:
    none = f"{answer.none_probability:.6f}" if answer is not None else "1.000000"
    if answer is None or not answer.items:
        yield identity, 0, "", "", "", none
        return
    for rank, c in enumerate(answer.items, 1):
        yield identity, rank, str(c.row), c.serial, f"{c.probability:.6f}", none


def read_guns(path: Path) -> Iterator[Gun]:
    """The guns of a register as CSV, in the order of entry. Raises BadFile once all are read when a line has a fault."""
    faults: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as source:
        lines = csv.reader(source)
        names = _header(path, lines, ("serial",))
        places = [names.get(n, -1) for n in ("serial", "make", "model", "type", "calibre", "year")]
        width = max(names.values()) + 1
        for key, line in enumerate(lines):
            if not line:
                continue
            line += [""] * (width - len(line) + 1)
            serial, make, model, kind, calibre, year = (line[p].strip() if p >= 0 else "" for p in places)
            if year and not (year.isdigit() and len(year) == 4):
                faults.append(f"{path}, line {lines.line_num}: year '{year[:20]}' is not a year; write four digits or leave it empty.")
                continue
            yield Gun(key, serial, make, model, kind, calibre, int(year) if year else None)
    if faults:
        raise BadFile(faults)


def read_recoveries(path: Path, *, known: bool = False) -> Recoveries:
    """The recoveries of a CSV; `known`: with the column `row` of the gun that each was (-1 or empty: not in the register)."""
    identities: list[str] = []
    marks: list[Marks | None] = []
    numbers: list[int] = []
    rows: list[int | None] = []
    faults: list[str] = []
    unanswered: list[tuple[str, str]] = []
    with path.open(encoding="utf-8-sig", newline="") as source:
        lines = csv.reader(source)
        names = _header(path, lines, ("id", "marks", "row") if known else ("id", "marks"))
        for line in lines:
            if not line:
                continue
            held = {n: line[p].strip() if p < len(line) else "" for n, p in names.items()}
            if fault := _fault(held, known=known):
                faults.append(f"{path}, line {lines.line_num}: the recovery {fault}.")
                continue
            identities.append(held["id"])
            numbers.append(lines.line_num)
            if known:
                rows.append(None if held["row"] in NOT_HELD else int(held["row"]))
            try:
                marks.append(_marks(held))
            except UnreadableMarks as why:
                unanswered.append((held["id"], str(why)))
                marks.append(None)
    if faults:
        raise BadFile(faults)
    return Recoveries(tuple(identities), tuple(marks), tuple(numbers), tuple(unanswered), tuple(rows))


def _fault(held: dict[str, str], *, known: bool) -> str:
    year, row = held.get("year", ""), held.get("row", "")
    if not held["id"]:
        return "has no id; give each recovery one"
    if year and not year.isdecimal():
        return f"has year '{year[:20]}'; write four digits"
    if known and row not in NOT_HELD and not row.isdecimal():
        return f"has row '{row[:20]}'; write the row of its gun, counted from 0, or -1 when the register does not hold it"
    return ""


def _marks(held: dict[str, str]) -> Marks:
    year = held.get("year", "")
    known = {n: held.get(n, "") for n in ("make", "model", "type", "calibre")}
    return read_marks(held["marks"], **known, year=int(year) if year else None)  # type: ignore[arg-type]


def _header(path: Path, lines: Iterator[list[str]], needed: tuple[str, ...]) -> dict[str, int]:
    names = {n.strip().lower(): k for k, n in enumerate(next(lines, []))}
    missing = [n for n in needed if n not in names]
    if missing:
        raise BadFile([f"{path}, line 1: there is no column '{missing[0]}'; the first line names the columns: {', '.join(needed)}."])
    return names
