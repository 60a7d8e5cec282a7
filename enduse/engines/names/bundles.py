"""Which files make one list: the Treasury's main table with its addresses, aliases and further remarks; any other file alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from enduse.engines.names.entities import ListError
from enduse.engines.names.files import START
from enduse.engines.names.ofac_tables import MAIN, SAID, Table, table_of

TOGETHER = "Load it together with the list's main table: all in one ZIP archive, or each with `--list`."


@dataclass(frozen=True)
class Named:
    """A file, and what it is called by whoever gave it."""

    path: Path
    name: str
    start: bytes

    @property
    def table(self) -> Table | None:
        return table_of(self.start, self.name)

    @property
    def is_beside(self) -> bool:
        return self.table is not None and self.table.kind != MAIN

    @property
    def family(self) -> tuple[str, str]:
        """Which list of the Treasury's it is of, and in which dialect, as far as its name tells."""
        return ("others" if of_others(self.name) else "sdn", PurePosixPath(self.name).suffix.lower())


@dataclass(frozen=True)
class Bundle:
    """One list: its file, and the tables that belong to it."""

    main: Named
    beside: tuple[Named, ...] = ()

    def placed(self, error: ListError) -> ListError:
        """The same refusal with the file's name before the place in it."""
        where = error.where
        if not where.startswith(tuple(each.name for each in self.beside)):
            where = self.main.name if where == "file" else f"{self.main.name}, {where}"
        return ListError(where, error.field, error.reason, error.remedy)


def named(path: Path, name: str = "") -> Named:
    with path.open("rb") as file:
        return Named(path, name or path.name, file.read(START))


def of_others(name: str) -> bool:
    """Whether a file of the Treasury's is named as its list of those who are not Specially Designated Nationals: `cons_prim.csv`."""
    return name.lower().startswith("cons")


def bundles(files: Sequence[Named]) -> list[Bundle]:
    """Each list with what belongs to it, in the order of the lists. Raises ListError for a table whose list is not there."""
    mains = [file for file in files if not file.is_beside]
    tables = [file for file in mains if file.table is not None]
    beside: dict[Path, list[Named]] = {file.path: [] for file in mains}
    for file in files:
        if not file.is_beside:
            continue
        kin = [main for main in tables if main.family == file.family] or (tables if len(tables) == 1 else [])
        if len(kin) != 1:
            raise ListError("file" if len(files) == 1 else file.name, "", f"It is {said(file)} of a list of the US Treasury, without the list.", TOGETHER)
        beside[kin[0].path].append(file)
    return [Bundle(main, tuple(beside[main.path])) for main in mains]


def said(file: Named) -> str:
    return SAID[file.table.kind] if file.table is not None else ""
