"""What is known when an application is looked at: gathered by `queries.known`, so that the flags stay pure functions of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from enduse import reference
from enduse.licensing.models import Application, ApplicationLine, EndUseCertificate
from enduse.licensing.signs import Sign
from enduse.parties.models import Party, RecordLine

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Advised:
    """An enquiry about an end user, and how and when it was answered."""

    reference: str
    outcome: str
    on: date
    whose: str = ""


@dataclass(frozen=True)
class Known:
    """Everything that the flags look at, for one application as it stands today."""

    application: Application
    parties: Sequence[tuple[str, Party]]
    lines: Sequence[ApplicationLine]
    certificate: EndUseCertificate | None
    barred: Sequence[Party]
    today: date
    filed_on: date
    record: Mapping[str, RecordLine] = field(default_factory=dict)
    hits: Mapping[str, int] = field(default_factory=dict)  # party's name -> possible matches without an answer
    listed: Mapping[str, Sequence[str]] = field(default_factory=dict)  # party's name -> the entries that an officer said it is
    personnel: tuple[int, date] | None = None
    open_alerts: int = 0
    open_holds: int = 0
    same_number: Sequence[str] = ()  # references of applications whose certificate has the same number
    denied_elsewhere: Sequence[str] = ()  # notices of other states that denied the like
    advised: Sequence[Advised] = ()  # answers to enquiries about the end user or a recipient, the newest first
    denied_like: Sequence[str] = ()  # references of like applications that were denied
    prices: Mapping[tuple[str, str, str], Sequence[int]] = field(default_factory=dict)  # (type, make, model) -> earlier unit values in cents
    signs: Mapping[str, Sequence[Sign]] = field(default_factory=dict)  # a flag's code -> what floors above saw
    doubtful_addresses: Mapping[str, Sequence[str]] = field(default_factory=dict)  # party's name -> others there that are listed or were denied
    changed: Sequence[tuple[str, date, str]] = ()  # (party, changed on, live licence issued before)
    calibres_held: Mapping[str, str] = field(default_factory=dict)  # calibre delivered to the end user -> a licence that it came under
    whose: Party | None = None  # the ultimate end user or recipient whose record this is; None: the end user's
    others: Sequence[Known] = ()  # the same of each ultimate end user, and of each recipient that an open application names

    @property
    def end_user(self) -> Party:
        return self.whose or self.application.end_user

    def figure(self, kind: str, name: str) -> float:
        """A number of the end user's measured record; 0 where it was never measured."""
        line = self.record.get(kind)
        value: Any = line.figures.get(name, 0) if line is not None else 0
        return float(value) if isinstance(value, int | float) else 0.0

    def measured_within(self, kind: str, span: timedelta) -> bool:
        line = self.record.get(kind)
        return line is not None and self.today - line.as_of <= span

    def countries(self) -> list[str]:
        """The destinations and the countries on the way there."""
        return [*self.application.countries(), *self.application.transit_countries]


def numbers(lines: Sequence[ApplicationLine]) -> str:
    return ", ".join(str(line.number) for line in lines)


def types(lines: Sequence[ApplicationLine], automatic: str) -> str:
    return ", ".join(sorted({reference.text_of("firearm_types", line.firearm_type) + (automatic if line.automatic else "") for line in lines}))
