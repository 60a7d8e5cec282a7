"""An end user's measured record in words: each figure with its denominator and its source, and what was never measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from enduse import formats
from enduse.parties.models import RecordLine

GOOD, WARN, BAD, QUIET = "good", "warn", "bad", "quiet"
Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Measured:
    """One line of the record as a person reads it. `text` empty: it was never measured."""

    kind: str
    name: str
    text: str
    note: str
    tone: str
    rests_on: str
    as_of: date | None

    @property
    def is_missing(self) -> bool:
        return not self.text

    @property
    def source(self) -> str:
        return source_in_words(self.rests_on)


def in_words(record: Mapping[str, RecordLine]) -> list[Measured]:
    """Every kind of the record in its order; what is missing stands there as missing."""
    told = record[RecordLine.DELIVERED].figures if RecordLine.DELIVERED in record else {}
    delivered = int(told.get("delivered", 0))
    # What it passed on to others is lost by others, if it is lost.
    of = {RecordLine.LOST: delivered - int(told.get("resold", 0))}
    return [_measured(kind, str(name), record.get(kind), of.get(kind, delivered)) for kind, name in RecordLine.KINDS]


def _measured(kind: str, name: str, line: RecordLine | None, delivered: int) -> Measured:
    if line is None:
        return Measured(kind, name, "", str(MISSING[kind]()), QUIET, "", None)
    text, note, tone = WORDS[kind](line.figures, delivered)
    return Measured(kind, name, text, note, tone, line.rests_on, line.as_of)


def source_in_words(rests_on: str) -> str:
    """What a line rests on, in the reader's language: it is kept as 'stocktake 5214'."""
    sort, _space, number = rests_on.rpartition(" ")
    words = {"custody event": _("custody event %s"), "stocktake": _("stocktake %s"), "check": _("check %s"), "estimate": _("estimate %s")}
    return words[sort] % number if sort in words else rests_on


def _n(value: Any) -> str:
    return formats.number(int(value or 0))


def _share(part: Any, whole: Any) -> str:
    return formats.share(int(part or 0) / int(whole), 1) if whole else "–"


def _delivered(figures: Figures, delivered: int) -> tuple[str, str, str]:
    resold = int(figures.get("resold", 0))
    return _("%s firearms") % _n(delivered), _("%s of them passed on to others") % _n(resold) if resold else "", QUIET


def _counted(figures: Figures, delivered: int) -> tuple[str, str, str]:
    sighted, expected, missing = figures.get("sighted", 0), figures.get("expected", 0), int(figures.get("missing", 0))
    text = _("%(sighted)s of %(expected)s sighted (%(share)s)") % {
        "sighted": _n(sighted), "expected": _n(expected), "share": _share(sighted, expected)}
    return text, _("counts of the last year in %(units)s units; %(missing)s missing") % {
        "units": _n(figures.get("units")), "missing": _n(missing)}, WARN if missing else GOOD


def _lost(figures: Figures, kept: int) -> tuple[str, str, str]:
    lost = int(figures.get("lost", 0))
    text = _("%(lost)s of %(kept)s that it kept (%(share)s)") % {"lost": _n(lost), "kept": _n(kept), "share": _share(lost, kept)}
    return text, _("as reported; what is not reported is not here"), WARN if lost else GOOD


def _checked(figures: Figures, delivered: int) -> tuple[str, str, str]:
    checks, bad = int(figures.get("checks", 0)), int(figures.get("unfavourable", 0)) + int(figures.get("inconclusive", 0))
    text = _("%(bad)s of %(checks)s not favourable") % {"bad": _n(bad), "checks": _n(checks)}
    note = ""
    if figures.get("last_sampled"):
        note = _("last: %(outcome)s, %(sighted)s of %(sampled)s sighted") % {
            "outcome": OUTCOMES.get(str(figures.get("last_outcome", "")), lambda: "–")(), "sighted": _n(figures.get("last_sighted")),
            "sampled": _n(figures.get("last_sampled"))}
    return text, note, BAD if bad else GOOD


def _traced(figures: Figures, delivered: int) -> tuple[str, str, str]:
    traced = int(figures.get("traced", 0))
    return _("%(traced)s of %(delivered)s delivered") % {"traced": _n(traced), "delivered": _n(delivered)}, _(
        "recovered and traced; most that is recovered is never traced"), BAD if traced else GOOD


def _estimated(figures: Figures, delivered: int) -> tuple[str, str, str]:
    text = _("%(low)s to %(high)s of %(of)s (95 %%)") % {
        "low": _n(figures.get("q025")), "high": _n(figures.get("q975")), "of": _n(figures.get("delivered") or delivered)}
    note = _("most likely %(likely)s, %(share)s") % {
        "likely": _n(figures.get("q50")), "share": formats.share(float(figures.get("share_q50") or 0), 1)}
    return text, note, QUIET


OUTCOMES: dict[str, Callable[[], str]] = {
    "favourable": lambda: _("favourable"), "unfavourable": lambda: _("unfavourable"), "inconclusive": lambda: _("inconclusive")}
WORDS: dict[str, Callable[[Figures, int], tuple[str, str, str]]] = {
    RecordLine.DELIVERED: _delivered, RecordLine.COUNTED: _counted, RecordLine.LOST: _lost, RecordLine.CHECKED: _checked,
    RecordLine.TRACED: _traced, RecordLine.ESTIMATED: _estimated,
}
MISSING: dict[str, Callable[[], str]] = {
    RecordLine.DELIVERED: lambda: _("nothing was delivered to it under this register"),
    RecordLine.COUNTED: lambda: _("it never reported a count"),
    RecordLine.LOST: lambda: _("it never reported a loss"),
    RecordLine.CHECKED: lambda: _("it was never checked"),
    RecordLine.TRACED: lambda: _("nothing was traced to it"),
    RecordLine.ESTIMATED: lambda: _("no estimate was made"),
}
