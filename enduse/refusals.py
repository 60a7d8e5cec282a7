"""The two ways an action says no: a rule forbids it, or the input is bad. Web, API and CLI show the same text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where (row and field), what was found, why it cannot stand, how to mend it."""

    reason: str
    remedy: str = ""
    row: int | None = None
    field: str = ""
    found: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (f"row {self.row}" if self.row is not None else "", self.field) if part)
        text = f"{where}: {self.reason}" if where else str(self.reason)
        return f"{text} {self.remedy}".strip()

    def as_dict(self) -> dict[str, Any]:
        return {name: value if value is None or isinstance(value, int) else str(value)
                for name, value in asdict(self).items()}


class Refused(Exception):
    """The person may not, or a rule of DOMAIN.md forbids. `rule` is its number there (None: no numbered rule).

    `reason` and `remedy` may be lazy translations with %(name)s places, filled from `facts`.
    """

    def __init__(self, reason: str, remedy: str = "", *, rule: int | None = None, **facts: Any) -> None:
        self.rule = rule
        self.facts: Mapping[str, Any] = facts
        self._reason = reason
        self._remedy = remedy
        super().__init__(reason)

    @property
    def reason(self) -> str:
        return str(self._reason) % self.facts if self.facts else str(self._reason)

    @property
    def remedy(self) -> str:
        return str(self._remedy) % self.facts if self.facts else str(self._remedy)

    def __str__(self) -> str:
        return f"{self.reason} {self.remedy}".strip()


class NotPermitted(Refused):
    """The person's role does not do this, whatever the case (HTTP 403)."""


class Invalid(Exception):
    """The input is bad. Nothing of it was recorded. `problems` says each fault; `total` may exceed their number."""

    def __init__(self, problems: Sequence[Problem] | Problem | str, *, total: int | None = None) -> None:
        if isinstance(problems, str):
            problems = [Problem(problems)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.total = total if total is not None else len(self.problems)
        super().__init__("; ".join(str(problem) for problem in self.problems[:5]))


@dataclass
class Problems:
    """Collects problems while a file is read, up to `limit` in full, so that a person mends them in one go."""

    limit: int = 100
    found: list[Problem] = field(default_factory=list)
    total: int = 0

    def add(self, reason: str, remedy: str = "", *, row: int | None = None, field: str = "", found: str = "") -> None:
        self.total += 1
        if len(self.found) < self.limit:
            self.found.append(Problem(reason, remedy, row, field, found[:80]))

    def raise_if_any(self) -> None:
        if self.total:
            raise Invalid(self.found, total=self.total)
