"""The evidence bundle: one folder of CSV files, read whole or not at all."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from enduse.engines.evidence import rows
from enduse.engines.evidence.rows import Check, Desertions, Loss, Lot, Recovery, Seizures, Stocktake, Unit

Row = TypeVar("Row")


@dataclass(frozen=True)
class RowError:
    """One bad cell or row: the file, the line (the header is line 1), the field, why, and how to mend it."""

    file: str
    row: int
    field: str
    reason: str
    remedy: str
    code: str = "bad_value"

    def __str__(self) -> str:
        return f"{self.file} line {self.row}, {self.field}: {self.reason} {self.remedy}"


class BundleError(ValueError):
    """The bundle was refused; `errors` says every reason, in file order."""

    def __init__(self, errors: Iterable[RowError]) -> None:
        self.errors: tuple[RowError, ...] = tuple(errors)
        shown = "\n".join(str(error) for error in self.errors[:20])
        more = len(self.errors) - 20
        super().__init__(shown + (f"\n... and {more} more" if more > 0 else ""))


@dataclass(frozen=True)
class Bundle:
    """The evidence of MODELS section 2 as tuples of rows; `warnings` name the files that were not there."""

    units: tuple[Unit, ...] = ()
    lots: tuple[Lot, ...] = ()
    personnel: tuple[Desertions, ...] = ()
    stocktakes: tuple[Stocktake, ...] = ()
    checks: tuple[Check, ...] = ()
    losses: tuple[Loss, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    seizures: tuple[Seizures, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """How one file of the bundle is read: its row type, its cells and what must hold within a row."""

    name: str
    row: type[Any]
    cells: dict[str, Callable[[str], Any]]
    within: Callable[[Any], Iterator[tuple[str, str, str]]]
    key: tuple[str, ...]
    lacking: str

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


TABLES: tuple[Table, ...] = (
    Table("units", Unit, rows.UNIT, rows.nothing_more, ("unit_id",),
          "no units.csv: the units are those that the lots name, as if of one end user."),
    Table("lots", Lot, rows.LOT, rows.nothing_more, ("lot_id",),
          "no lots.csv: nothing is known to have been delivered, so nothing can be estimated."),
    Table("personnel", Desertions, rows.DESERTIONS, rows.nothing_more, ("unit_id", "month"),
          "no personnel.csv: desertions give no timing."),
    Table("stocktakes", Stocktake, rows.STOCKTAKE, rows.stocktake_adds_up, ("stocktake_id",),
          "no stocktakes.csv: no unit was counted in full."),
    Table("checks", Check, rows.CHECK, rows.check_adds_up, ("check_id",),
          "no checks.csv: no unit was sampled."),
    Table("losses", Loss, rows.LOSS, rows.loss_in_order, ("loss_id",),
          "no losses.csv: no loss was reported."),
    Table("recoveries", Recovery, rows.RECOVERY, rows.recovery_in_order, ("recovery_id",),
          "no recoveries.csv: no recovered firearm is listed."),
    Table("seizures", Seizures, rows.SEIZURES, rows.seizures_nest, ("month",),
          "no seizures.csv: seizures were not counted."),
)


def read_bundle(folder: Path | str) -> Bundle:
    """Read a bundle from a folder of CSV files.

    A missing file is allowed and said in `warnings`. Raises BundleError with every bad row; nothing is taken from a
    bundle with one.
    """
    folder = Path(folder)
    errors: list[RowError] = []
    if not folder.is_dir():
        raise BundleError([RowError(str(folder), 0, "folder", "There is no such folder.",
                                    "Give the folder that holds lots.csv.", "no_folder")])
    warnings: list[str] = []
    numbered: dict[str, list[tuple[int, Any]]] = {}
    for table in TABLES:
        path = folder / table.file
        if path.exists():
            numbered[table.name] = list(_read_table(table, path, errors))
        else:
            numbered[table.name] = []
            warnings.append(table.lacking)
    errors.extend(_dangling(numbered))
    if errors:
        raise BundleError(errors)
    return Bundle(**{name: tuple(row for _, row in lines) for name, lines in numbered.items()}, warnings=tuple(warnings))


def write_bundle(bundle: Bundle, folder: Path | str) -> None:
    """Write every table of the bundle as CSV (UTF-8, header always written) into the folder, which is made if need be."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        names = [field.name for field in dataclasses.fields(table.row)]
        with (folder / table.file).open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(names)
            for row in getattr(bundle, table.name):
                writer.writerow([rows.as_cell(getattr(row, name)) for name in names])


def _read_table(table: Table, path: Path, errors: list[RowError]) -> Iterator[tuple[int, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as why:
        errors.append(RowError(table.file, 0, "file", f"It is not UTF-8 (byte {why.start}).", "Save it as UTF-8.", "not_utf8"))
        return
    lines = csv.reader(text.splitlines(keepends=True))
    header = [name.strip() for name in next(lines, [])]
    if not _header_is_right(table, header, errors):
        return
    seen: dict[tuple[Any, ...], int] = {}
    for cells in lines:
        line = lines.line_num
        if not any(cell.strip() for cell in cells):
            continue
        row = _read_row(table, header, cells, line, errors)
        if row is None:
            continue
        key = tuple(getattr(row, name) for name in table.key)
        if key in seen:
            errors.append(RowError(table.file, line, table.key[0], f"It repeats line {seen[key]}.",
                                   "Give each row its own identifier or remove one.", "repeated"))
        seen.setdefault(key, line)
        yield line, row


def _header_is_right(table: Table, header: list[str], errors: list[RowError]) -> bool:
    wanted = ", ".join(table.cells)
    found = len(errors)
    for name in table.cells:
        if header.count(name) != 1:
            reason = "The column is missing." if name not in header else "The column is there twice."
            errors.append(RowError(table.file, 1, name, reason, f"The header must be: {wanted}.", "bad_header"))
    return len(errors) == found


def _read_row(table: Table, header: list[str], cells: list[str], line: int, errors: list[RowError]) -> Any | None:
    if len(cells) != len(header):
        errors.append(RowError(table.file, line, "row", f"It has {len(cells)} cells; the header has {len(header)}.",
                               "Look for a missing comma or an unquoted one.", "cell_count"))
        return None
    given = dict(zip(header, cells, strict=True))
    values: dict[str, Any] = {}
    for name, parse in table.cells.items():
        try:
            values[name] = parse(given[name].strip())
        except rows.BadCell as why:
            errors.append(RowError(table.file, line, name, why.reason, why.remedy, why.code))
    if len(values) < len(table.cells):
        return None
    row = table.row(**values)
    wrong = [RowError(table.file, line, field, reason, remedy, "disagrees") for field, reason, remedy in table.within(row)]
    errors.extend(wrong)
    return None if wrong else row


def _dangling(numbered: dict[str, list[tuple[int, Any]]]) -> Iterator[RowError]:
    """Rows that name a unit or a lot which the bundle does not hold."""
    units = {unit.unit_id for _, unit in numbered["units"]} or {lot.unit_id for _, lot in numbered["lots"]}
    lots = {lot.lot_id for _, lot in numbered["lots"]}
    for name in ("lots", "personnel", "stocktakes", "checks", "losses"):
        for line, row in numbered[name]:
            if units and row.unit_id not in units:
                yield RowError(f"{name}.csv", line, "unit_id", f"No unit {row.unit_id!r} is known.",
                               "Add it to units.csv or correct the identifier.", "unknown_unit")
    for line, recovery in numbered["recoveries"]:
        if lots and recovery.lot_id and recovery.lot_id not in lots:
            yield RowError("recoveries.csv", line, "lot_id", f"No lot {recovery.lot_id!r} is known.",
                           "Add it to lots.csv or leave the cell empty.", "unknown_lot")
    for line, unit in numbered["units"]:
        if unit.parent_id and unit.parent_id not in units:
            yield RowError("units.csv", line, "parent_id", f"No unit {unit.parent_id!r} is known.",
                           "Add it to units.csv or leave the cell empty.", "unknown_unit")


def months_between(first: date, last: date) -> float:
    """Months from one day to another, a month being a twelfth of 365.25 days."""
    return (last - first).days / 30.4375
