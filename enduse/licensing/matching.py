"""The four-way match: application, end-use certificate, order and import authorisation, side by side, each difference named.

A paper that was not filed is said to be missing; it differs from nothing. A certificate for several applications may
cover more than this one asks; every other paper says the same quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from enduse import formats
from enduse.certificates.actions.receiving import same_words
from enduse.certificates.models import AcceptedDifference, Certificate, Paper
from enduse.certificates.queries import line_words
from enduse.licensing.models import Application

SORTS = (Paper.CERTIFICATE, Paper.ORDER, Paper.IMPORT_AUTHORISATION)
LineKey = tuple[str, str, str, str]


@dataclass(frozen=True)
class Said:
    """What one paper says: None where it does not say it."""

    end_user: str | None = None
    country: str | None = None
    quantity: int | None = None
    lines: Mapping[LineKey, int] | None = None
    may_cover_more: bool = False
    title: str = ""  # its number, issuer and date


@dataclass(frozen=True)
class Difference:
    """One paper says otherwise than the application. `said`: both values, as an acceptance keeps them."""

    key: str
    paper: str
    what: str
    said: str
    accepted: AcceptedDifference | None


@dataclass(frozen=True)
class Cell:
    value: str
    differs: bool = False


@dataclass
class Match:
    """The table: a row for each thing compared, a cell for the application and for each paper; and the differences."""

    columns: list[dict[str, str]]
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def unanswered(self) -> list[Difference]:
        return [each for each in self.differences if each.accepted is None]

    def difference(self, key: str) -> Difference | None:
        return next((each for each in self.differences if each.key == key), None)


def papers_of(application: Application) -> QuerySet[Paper]:
    return Paper.objects.filter(subject=application.reference).order_by("pk")


def accepted_of(application: Application) -> QuerySet[AcceptedDifference]:
    return AcceptedDifference.objects.filter(subject=application.reference).order_by("pk")


def compared(
    application: Application, *, filed: Iterable[Paper] | None = None, agreed: Iterable[AcceptedDifference] | None = None,
) -> Match:
    """The application and its three papers as they stand now. Papers and acceptances may be told where they were read already."""
    asked = Said(application.end_user.name, application.country, None, _by_key(line.as_words() for line in application.lines.all()))
    papers = {paper.sort: paper for paper in (papers_of(application) if filed is None else filed)}
    said = {sort: _of_paper(papers[sort]) for sort in SORTS if sort in papers}
    if (certificate := _of_certificate(application, said.get(Paper.CERTIFICATE))) is not None:
        said[Paper.CERTIFICATE] = certificate
    names = dict(Paper.SORTS)
    match = Match([{"name": _("application"), "title": application.reference}, *[
        {"name": str(names[sort]), "title": said[sort].title if sort in said else ""} for sort in SORTS]])
    match.missing = [str(names[sort]) for sort in SORTS if sort not in said]
    accepted = {(each.key, each.said): each for each in (accepted_of(application) if agreed is None else agreed)}
    for key, words, mine, theirs in _things(asked, said):
        cells = [Cell(mine)]
        for sort in SORTS:
            value, differs = theirs.get(sort, ("", False))
            cells.append(Cell(value, differs))
            if differs:
                both = f"{mine} / {value}"
                match.differences.append(Difference(f"{sort}.{key}", str(names[sort]), words, both, accepted.get((f"{sort}.{key}", both))))
        match.rows.append((words, cells))
    return match


def _things(asked: Said, said: Mapping[str, Said]) -> Iterable[tuple[str, str, str, dict[str, tuple[str, bool]]]]:
    """(key, in words, what the application says, {paper: (what it says, whether that differs)}) of everything compared."""
    for key, words in (("end_user", _("End user")), ("country", _("Destination"))):
        mine = str(getattr(asked, key))
        yield key, words, mine, {
            sort: (value, not same_words(mine, value)) for sort, each in said.items() if (value := getattr(each, key)) is not None}
    lines = asked.lines or {}
    total = sum(lines.values())
    yield "quantity", _("Firearms in all"), str(total), {
        sort: (str(each.quantity), _differs(total, each.quantity, each)) for sort, each in said.items() if each.quantity is not None}
    keys = list(dict.fromkeys([*lines, *[key for each in said.values() for key in each.lines or {}]]))
    for number, line in enumerate(keys, start=1):
        here = lines.get(line, 0)
        theirs = {sort: (str(each.lines.get(line, 0)), _differs(here, each.lines.get(line, 0), each)) for sort, each in said.items() if each.lines}
        yield f"line-{number}", line_words(dict(zip(("firearm_type", "make", "model", "calibre"), line, strict=True))), str(here), theirs


def _differs(asked: int, quantity: int, paper: Said) -> bool:
    return quantity < asked if paper.may_cover_more else quantity != asked


def _by_key(lines: Iterable[Mapping[str, Any]]) -> dict[LineKey, int]:
    found: dict[LineKey, int] = {}
    for line in lines:
        key = (str(line["firearm_type"]), str(line.get("make") or ""), " ".join(str(line.get("model") or "").split()), str(line["calibre"]))
        found[key] = found.get(key, 0) + int(line["quantity"])
    return found


def _of_paper(paper: Paper) -> Said:
    lines = _by_key(paper.lines)
    return Said(paper.end_user, paper.country, sum(lines.values()), lines, title=f"{paper.number}, {paper.issuer}, {formats.day(paper.issued_on)}")


def _of_certificate(application: Application, copied: Said | None) -> Said | None:
    """What the certificate says: as its issuer signed it where that is known, else as the applicant copied it."""
    given = getattr(application, "certificate", None)
    if given is None:
        return copied
    known, title = given.registered, f"{given.number}, {given.issuer}, {formats.day(given.issued_on)}"
    if known is not None and known.source != Certificate.FILED:
        return Said(known.end_user, known.country, known.quantity, _by_key(known.lines), not known.single_use, title)
    if copied is not None:
        return Said(copied.end_user, copied.country, given.quantity or copied.quantity, copied.lines, not given.single_use, title)
    return Said(quantity=given.quantity, may_cover_more=not given.single_use, title=title)
