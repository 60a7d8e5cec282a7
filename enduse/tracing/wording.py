"""A candidate in words: the serial under the marks, what speaks for and against it, where it is, what confirming it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.reference import text_of
from enduse.tracing import queries
from enduse.tracing.histories import Life
from enduse.tracing.models import Confirmation, Proposal, Recovery, TraceAnswer, WatchedSerial
from enduse.tracing.ranking import Candidate, Ranking, ReadElsewhere
from enduse.tracing.reading import PLACES

CELLS = {
    "same": "same", "alternative": "alike", "look_alike": "alike", "unreadable": "unread", "worn_end": "unread", "wrong": "differs",
    "swapped": "differs", "extra": "extra",
}  # fmt: skip
# The first few are shown at length, and the rest when they are likely enough to weigh.
MAJOR, MINOR = 2, 0.03
ATTRIBUTES = {"make": "makes", "model": "", "type": "firearm_types", "calibre": "calibres", "year": ""}


@dataclass(frozen=True)
class Cell:
    """One column of an alignment; `sort` names how it is drawn: same, alike, unread, differs, missing, extra."""

    read: str
    true: str
    sort: str


@dataclass(frozen=True)
class Row:
    """One candidate as a page shows it."""

    item: Candidate
    name: str
    chance: str
    width: float
    cells: tuple[Cell, ...]
    says: tuple[str, ...]
    where: str
    tone: str
    counted: date | None
    does: queries.Consequences | None
    minor: bool


def rows_of(ranking: Ranking) -> list[Row]:
    """The candidates of a ranking, ready to be shown: two queries more."""
    firearms = [item.firearm for item in ranking.items if item.firearm is not None]
    counted = queries.last_counted(firearms) if firearms else {}
    does = queries.consequences(ranking.items)
    return [
        Row(item, name_of(item.gun), chance_of(item.probability), round(100 * item.probability, 1), cells_of(item), words_of(item),
            where_of(item), tone_of(item), counted.get(item.firearm.pk) if item.firearm else None, does.get(item.key),
            place >= MAJOR and item.probability < MINOR)
        for place, item in enumerate(ranking.items)
    ]  # fmt: skip


def name_of(gun: Any) -> str:
    """'Colt M4, 2006'."""
    named = f"{text_of('makes', gun.make)} {gun.model}".strip()
    return f"{named}, {gun.year}" if getattr(gun, "year", None) else named


def chance_of(probability: float) -> str:
    """A probability as people read it; never '100 %' for what is not certain, nor '0 %' for what is possible."""
    if probability >= 0.995:
        return ">99%"
    return "<1%" if probability < 0.005 else f"{probability:.0%}"


def cells_of(item: Candidate) -> tuple[Cell, ...]:
    return tuple(Cell(step.read or "", step.true or "", CELLS.get(step.kind, "missing")) for step in item.columns)


def words_of(item: Candidate) -> tuple[str, ...]:
    """What speaks for and against a candidate, likest kinds together: '4 was unreadable', 'B read for 8 (look-alike)'."""
    words = _of_characters([reason for reason in item.reasons if reason.position > 0])
    words += [_of_elsewhere(each) for each in item.elsewhere]
    told = [reason for reason in item.reasons if reason.kind in ATTRIBUTES]
    names = {"make": _("make"), "model": _("model"), "type": _("type"), "calibre": _("calibre"), "year": _("year")}
    words += [_differs(names[reason.kind], reason) for reason in told if reason.weight < 1]
    if agreeing := [names[reason.kind] for reason in told if reason.weight >= 1]:
        words.append(ngettext("%s agrees", "%s agree", len(agreeing)) % ", ".join(agreeing))
    return tuple(words)


def _of_characters(differing: Sequence[Any]) -> list[str]:
    """The columns of an alignment that are not plain agreement, in words."""
    words: list[str] = []
    for kind, group in groupby(differing, key=lambda step: step.kind):
        words += _of_kind(kind, list(group))
    return words or [_("every character agrees")]


def _of_elsewhere(other: ReadElsewhere) -> str:
    read = read_at(other.place, other.text)
    if not other.fits:
        return _("%(mark)s: another number") % {"mark": read}
    return f"{read}: {', '.join(_of_characters([step for step in other.columns if step.kind != 'same']))}"


def read_at(place: str, marks: str) -> str:
    """A mark with where it stands: 'slide W34587?'."""
    where = PLACES[place] if place else _("frame")
    return f"{where} {marks}"


def led_in_words(ranking: Ranking) -> str:
    """Which mark was searched when too little of the frame's can be read; '' where the frame's was."""
    if not ranking.led_by:
        return ""
    return _("Too little of the frame's marks can be read: this is the answer to another mark (%(place)s). It may be another firearm's, which the chances allow for.") % {
        "place": PLACES[ranking.led_by]}


def _of_kind(kind: str, group: Sequence[Any]) -> list[str]:
    trues, reads = "".join(reason.true for reason in group), "".join(reason.read for reason in group)
    told = {
        "unreadable": _("%(true)s was unreadable"), "worn_end": _("%(true)s was worn away"), "missing": _("%(true)s was not read"),
        "extra": _("%(read)s was read and is not in the serial"), "swapped": _("%(read)s read for %(true)s (swapped)"),
        "prefix": _("the prefix %(true)s was left out"), "suffix": _("the suffix %(true)s was left out"),
        "zeros": _("leading %(true)s was left out"),
    }  # fmt: skip
    if kind in told:
        return [told[kind] % {"true": trues, "read": reads}]
    each = {"look_alike": _("%(read)s read for %(true)s (look-alike)"), "alternative": _("%(true)s is one of %(read)s")}
    sentence = each.get(kind, _("%(read)s read for %(true)s (not alike)"))
    return [sentence % {"read": reason.read, "true": reason.true} for reason in group]


def _differs(name: str, reason: Any) -> str:
    listed = ATTRIBUTES[reason.kind]
    read, true = (text_of(listed, text) if listed else text for text in (reason.read, reason.true))
    return _("%(what)s differs: %(read)s read, %(true)s in the register") % {"what": name, "read": read, "true": true}


def where_of(item: Candidate) -> str:
    """Where the record says it is: 'lost by the 7th zone on 11 Mar 2008 (deserted with)'."""
    if item.watched is not None:
        return _("watched by %(operation)s since %(day)s, subject %(subject)s") % {
            "operation": item.watched.watch.operation.reference, "day": day(item.watched.watch.watched_on), "subject": item.watched.watch.subject}
    holding = item.holding
    if holding is None:
        return ""
    said = {"party": holding.party.name, "day": day(holding.event.occurred_on), "how": holding.event.get_sort_display()}
    sentences = {
        Holding.HELD: _("held by %(party)s since %(day)s"), Holding.IN_TRANSIT: _("on its way with %(party)s since %(day)s"),
        Holding.LOST: _("lost by %(party)s on %(day)s (%(how)s)"), Holding.RECOVERED: _("recovered by %(party)s on %(day)s"),
        Holding.DESTROYED: _("destroyed by %(party)s on %(day)s"),
    }  # fmt: skip
    return sentences[holding.state] % said


def tone_of(item: Candidate) -> str:
    if item.contradiction:
        return "bad"
    return "note" if item.watched is not None else "warn" if item.holding is not None and item.holding.state == Holding.LOST else ""


def day(value: date) -> str:
    return date_format(value, "j M Y")


def life_entries(life: Life, recovery: Recovery | None = None) -> list[dict[str, Any]]:
    """The events of a firearm for the timeline component."""
    tones = dict.fromkeys(CustodyEvent.LOSSES, "bad") | {CustodyEvent.RECOVERED: "note", CustodyEvent.FOUND: "good"}
    entries = []
    for event in life.events:
        who = event.from_party if event.sort in CustodyEvent.LOSSES else event.to_party
        words = f"{event.get_sort_display()}: {who.name}" if who else str(event.get_sort_display())
        entries.append({
            "words": words, "on": event.occurred_on, "until": event.occurred_until, "who": str(event.recorded_by or ""), "place": event.place,
            "note": event.licence.reference if event.licence else "", "recorded_at": event.recorded_at, "leaf": event.pk,
            "tone": tones.get(event.sort, ""), "url": "",
        })  # fmt: skip
    return entries


def said_entries(
    recovery: Recovery, proposals: Sequence[Proposal], confirmations: Sequence[Confirmation], answers: Sequence[TraceAnswer]
) -> list[dict[str, Any]]:
    """Everything that was said of a recovery, in the order of the log."""
    facts: list[tuple[Any, str, str, str]] = [(recovery, _("Recorded"), recovery.note, "")]
    facts += [(each, _("Candidate proposed to a second officer: %s") % named(each), each.note, "warn") for each in proposals]
    for each in confirmations:
        words = _("Confirmed: %s") % named(each) if each.firearm or each.watched else _("Confirmed: none that the register holds")
        agreed = _("Agreed by %s.") % each.agreed_by if each.agreed_by else ""
        facts.append((each, words, f"{each.note} {agreed}".strip(), "good"))
    for answer in answers:
        facts.append((answer, f"{answer.answered_by}: {text_of('trace_result_codes', answer.result_code)}", answer.note, ""))
    facts.sort(key=lambda fact: fact[0].pk)
    return [{"words": words, "note": note, "at": fact.recorded_at, "who": str(fact.recorded_by or ""), "leaf": fact.pk, "tone": tone, "url": ""}
            for fact, words, note, tone in facts]  # fmt: skip


def ranking_seen(said: Confirmation) -> list[tuple[str, str, bool]]:
    """The ranking as it was frozen when it was confirmed: (firearm, probability, whether it was chosen)."""
    firearms = Firearm.objects.in_bulk([each["firearm"] for each in said.candidates if each["firearm"]])
    keys = [each["watched"] for each in said.candidates if each["watched"]]
    watched = WatchedSerial.objects.in_bulk(keys) if keys else {}
    rows = []
    for each in said.candidates:
        gun: Any = firearms.get(each["firearm"]) or watched.get(each["watched"])
        chosen = (each["firearm"], each["watched"]) == (said.firearm_id, said.watched_id)
        if gun is not None:
            rows.append((f"{gun.serial} {name_of(gun)}", chance_of(each["probability"]), chosen))
    return [*rows, (_("none of these"), chance_of(said.none_probability), said.firearm_id is None and said.watched_id is None)]


def named(said: Confirmation | Proposal) -> str:
    gun: Any = said.firearm or said.watched
    return f"{name_of(gun)} {gun.serial}" if gun else ""
