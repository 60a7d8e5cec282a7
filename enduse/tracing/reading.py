"""Marks as an officer reads them: the frame's, those that stand elsewhere on the gun, and what of the rest is doubtful."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from enduse.refusals import Invalid, Problem, Problems

if TYPE_CHECKING:
    from enduse.engines.serials import Marks
    from enduse.tracing.models import Recovery

SLIDE, BARREL, IMPORTER, OTHER = "slide", "barrel", "importer", "other"
PLACES = {
    SLIDE: gettext_lazy("slide"),
    BARREL: gettext_lazy("barrel"),
    IMPORTER: gettext_lazy("importer's mark"),
    OTHER: gettext_lazy("another place"),
}
# How often such a mark repeats the serial of the frame: parts are numbered with the gun and seldom exchanged; importers and
# armouries often stamp a number of their own. Officers' judgement, as long as nothing is counted.
BELONGS = {SLIDE: 0.8, BARREL: 0.8, IMPORTER: 0.5, OTHER: 0.5}
ATTRIBUTES = {
    "make": gettext_lazy("make"),
    "model": gettext_lazy("model"),
    "type": gettext_lazy("type"),
    "calibre": gettext_lazy("calibre"),
    "year": gettext_lazy("year"),
}
MOST_OTHERS = 6
LONGEST = 80
MARKS_PROBLEMS = {
    "too_little": (
        gettext_noop("Fewer than two characters can be read, and that fits too many firearms."),
        gettext_noop(
            "Read two characters at least, better four: restore the mark, or light it from the side. Write a single * where the serial was removed."
        ),
    ),
    "fits_too_many": (
        gettext_noop("These marks fit too many firearms of the register to rank them."),
        gettext_noop("Read one or two more characters, or write one ? for each unreadable character in place of *."),
    ),
    "too_long": (
        gettext_noop("These marks are longer than any serial number."),
        gettext_noop("Enter one serial number; marks elsewhere on it have fields of their own."),
    ),
    "empty": (gettext_noop("No marks were entered."), gettext_noop("Type what can be read, with ? for each unreadable character.")),
    "bracket": (
        gettext_noop("A bracket in the marks is not complete."),
        gettext_noop("Write either-or as [5S]: two or more single characters between the brackets."),
    ),
}


@dataclass(frozen=True)
class OtherMark:
    """A mark elsewhere than on the frame: a place of `PLACES`, and the text as read."""

    place: str
    marks: str

    def as_kept(self) -> dict[str, str]:
        return {"place": self.place, "marks": self.marks.strip()}


def field_of(place: str) -> str:
    """The name of the field or column in which the marks of a place are written."""
    return f"{place}_marks"


FIELDS = tuple(field_of(place) for place in PLACES)


def others_in(told: dict[str, Any]) -> tuple[OtherMark, ...]:
    """The other marks of a form or a line of a file: a field a place, several of one place apart by semicolons."""
    return tuple(OtherMark(place, text.strip()) for place in PLACES for text in str(told.get(field_of(place)) or "").split(";") if text.strip())


def others_by_place(recovery: Recovery) -> list[tuple[str, str]]:
    """Every place with what was read there, as a form or a file writes it; '' where nothing was."""
    return [(place, "; ".join(each["marks"] for each in recovery.other_marks if each["place"] == place)) for place in PLACES]


def doubtful_in(names: Iterable[str]) -> tuple[str, ...]:
    """Names of attributes in the order of `ATTRIBUTES`; those that are none stay, to be refused."""
    said = {"type" if name.strip() == "firearm_type" else name.strip() for name in names} - {""}
    return (*(name for name in ATTRIBUTES if name in said), *sorted(said - set(ATTRIBUTES)))


def read(
    marks: str, *, make: str = "", model: str = "", firearm_type: str = "", calibre: str = "", year: int | None = None,
    other_marks: Sequence[OtherMark] = (), doubtful: Collection[str] = (),
) -> Marks:
    """Marks as typed, ready to be searched. Invalid: what cannot be read as marks, with the way to write it."""
    from enduse.engines import serials

    also = [_read_other(each) for each in other_marks]
    doubts: dict[str, Any] = {f"{name}_doubtful": name in doubtful for name in ATTRIBUTES}
    try:
        return serials.read_marks(marks, make=make, model=model, type=firearm_type, calibre=calibre, year=year, also=also, **doubts)
    except serials.UnreadableMarks as error:
        raise invalid_marks(error.code, marks) from error


def read_recovery(recovery: Recovery) -> Marks:
    """The marks of a recovery, ready to be searched. Invalid where nothing of it says enough."""
    return read(
        recovery.marks, make=recovery.make, model=recovery.model, firearm_type=recovery.firearm_type, calibre=recovery.calibre, year=recovery.year,
        other_marks=[OtherMark(**each) for each in recovery.other_marks], doubtful=recovery.doubtful,
    )


def that_say_enough(others: Sequence[OtherMark]) -> tuple[list[OtherMark], list[OtherMark]]:
    """Other marks that can be searched, and those that cannot yet: somebody is still typing them."""
    kept: list[OtherMark] = []
    left: list[OtherMark] = []
    for each in others[:MOST_OTHERS]:
        try:
            _read_other(each)
        except Invalid:
            left.append(each)
        else:
            kept.append(each)
    return kept, left


def spelling_of(marks: str) -> str:
    """The frame's marks in one spelling: 'W3?5B72' and 'w3? 5b-72' are the same marks."""
    from enduse.engines import serials

    try:
        return serials.read_marks(marks).pattern
    except serials.UnreadableMarks:
        return "".join(marks.split()).upper()


def check_others(others: Sequence[OtherMark], problems: Problems, *, row: int | None) -> None:
    """Rule 9: every fault of the marks elsewhere on a gun."""
    if len(others) > MOST_OTHERS:
        problems.add(_("There are %d other marks.") % len(others), _("Give the %d that are read best; the rest belongs in the note.") % MOST_OTHERS,
                     row=row, field=field_of(others[-1].place))
        return
    for each in others:
        if each.place not in PLACES:
            problems.add(_("There is no such place of a mark."), _("Use one of: %s.") % ", ".join(PLACES), row=row, field="other_marks", found=each.place)
            continue
        try:
            _read_other(each)
        except Invalid as invalid:
            for problem in invalid.problems:
                problems.add(problem.reason, problem.remedy, row=row, field=problem.field or "", found=problem.found)


def check_doubts(doubtful: Sequence[str], said: dict[str, Any], problems: Problems, *, row: int | None) -> None:
    """What is doubtful is written: an attribute that is not known is left empty."""
    for name in doubtful:
        if name not in ATTRIBUTES:
            problems.add(_("This cannot be doubtful."), _("Use one of: %s.") % ", ".join(ATTRIBUTES), row=row, field="doubtful", found=name)
        elif said[name] in ("", None):
            problems.add(_("The %s is said to be doubtful, and none is given.") % ATTRIBUTES[name],
                         _("Write what it may be, or leave it empty and do not mark it: then it is not known."), row=row, field="doubtful", found=name)


def invalid_marks(code: str, marks: str, *, field: str = "marks") -> Invalid:
    reason, remedy = MARKS_PROBLEMS.get(code, MARKS_PROBLEMS["bracket"])
    return Invalid(Problem(_(reason), _(remedy), field=field, found=marks[:LONGEST]))


def _read_other(other: OtherMark) -> Marks:
    from enduse.engines import serials

    if len(other.marks) > LONGEST:
        raise invalid_marks("too_long", other.marks, field=field_of(other.place))
    try:
        return serials.read_other(other.marks, belongs=BELONGS[other.place], place=other.place)
    except serials.UnreadableMarks as error:
        raise invalid_marks(error.code, other.marks, field=field_of(other.place)) from error
