"""The error model and its calibration in words: how often a character is misread, which are taken for which, how far to believe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enduse.tracing.calibrating import ENOUGH, ENOUGH_OF_A_BIN

if TYPE_CHECKING:
    from enduse.engines.serials import Bin, Calibration, ErrorModel

MOST_CONFUSED = 12
# What a difference must come to before it is called a change: a tenth of the rate.
NOTABLE = 0.1
RATES = {
    "wrong": gettext_lazy("a character that can be read is misread"),
    "look_alike_share": gettext_lazy("… and if so, taken for one that looks like it"),
    "missing": gettext_lazy("a character is overlooked"),
    "extra": gettext_lazy("something is read that is no character of the serial"),
    "swapped": gettext_lazy("two neighbours are written in the wrong order"),
    "prefix_omitted": gettext_lazy("the letters at the beginning are left out"),
    "suffix_omitted": gettext_lazy("the letters at the end are left out"),
    "zeros_omitted": gettext_lazy("zeros at the beginning are left out"),
    "zeros_added": gettext_lazy("a zero is added at the beginning"),
    "make_wrong": gettext_lazy("the make as read is another"),
    "model_wrong": gettext_lazy("the model as read is another"),
    "type_wrong": gettext_lazy("the type as read is another"),
    "calibre_wrong": gettext_lazy("the calibre as read is another"),
    "year_wrong": gettext_lazy("the year as read is another"),
    "doubtful": gettext_lazy("what was read with doubt is another"),
    "not_in_register": gettext_lazy("a traced firearm is not in this register"),
}


@dataclass(frozen=True)
class Rate:
    """One parameter in words, with its value in the model it is compared with."""

    name: str
    words: str
    value: float
    before: float

    @property
    def differs(self) -> bool:
        return abs(self.value - self.before) > NOTABLE * max(self.before, 1e-9)


@dataclass(frozen=True)
class Confused:
    """How often a character is read as another, of the times it stands on the metal; `seen`: how often confirmed traces showed it."""

    true: str
    read: str
    share: float
    seen: float


def rates_of(model: ErrorModel, before: ErrorModel) -> list[Rate]:
    return [Rate(name, str(words), getattr(model, name), getattr(before, name)) for name, words in RATES.items()]


def worn_end_of(model: ErrorModel) -> float:
    """How many characters an end that is worn away hides on average."""
    return model.run_stay / (1 - model.run_stay)


def most_confused(model: ErrorModel, most: int = MOST_CONFUSED) -> list[Confused]:
    """The pairs of characters that confirmed traces showed to be confused, most often first; then those that shapes make likely."""
    from enduse.engines import serials

    seen: dict[tuple[str, str], float] = {}
    for true, read, count in model.confusions:
        seen[true, read] = seen.get((true, read), 0.0) + count
    pairs = [Confused(true, read, share, seen.get((true, read), 0.0)) for true, read, share in serials.misreadings(model)]
    return sorted(pairs, key=lambda pair: (-pair.seen, -pair.share, pair.true, pair.read))[:most]


@dataclass(frozen=True)
class Verdict:
    """Whether claims mean what they say: a sentence, its tone, and each range of claims that was off."""

    words: str
    tone: str
    off: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.words, *self.off))


def verdict_of(found: Calibration) -> Verdict:
    """What the claims of a calibration come to; with few of them it says that they are few."""
    if not found.number:
        return Verdict(_("Nothing was claimed yet."), "note")
    if found.number < ENOUGH:
        few = ngettext("%(n)d claim is too few to tell whether the chances are right.", "%(n)d claims are too few to tell whether the chances are right.",
                       found.number) % {"n": found.number}  # fmt: skip
        return Verdict(f"{few} " + _("From %d on this page says so; until then the intervals show how far off they may be.") % ENOUGH, "note")
    off = [each for each in found.bins if each.number >= ENOUGH_OF_A_BIN and not each.interval[0] <= each.claimed <= each.interval[1]]
    if not off:
        return Verdict(_("Wherever there are %d claims or more, the mean claim lies in the interval of what came true.") % ENOUGH_OF_A_BIN, "good")
    judged = sum(each.number >= ENOUGH_OF_A_BIN for each in found.bins)
    words = ngettext("%(off)d of the %(of)d ranges with %(enough)d claims or more was off.", "%(off)d of the %(of)d ranges with %(enough)d claims or more were off.",
                     len(off)) % {"off": len(off), "of": judged, "enough": ENOUGH_OF_A_BIN}  # fmt: skip
    return Verdict(words, "warn", tuple(map(_off, off)))


def _off(found: Bin) -> str:
    sentence = (_("Claims of %(between)s were too sure: %(claimed)s claimed, %(happened)s came true (%(n)d claims).") if found.claimed > found.happened
                else _("Claims of %(between)s were not sure enough: %(claimed)s claimed, %(happened)s came true (%(n)d claims)."))  # fmt: skip
    return sentence % {"between": between(found), "claimed": f"{found.claimed:.0%}", "happened": f"{found.happened:.0%}", "n": found.number}


def between(found: Bin) -> str:
    return _("%(low)s to %(high)s") % {"low": f"{found.low:.0%}", "high": f"{found.high:.0%}"}


def chart_rows(found: Calibration) -> list[dict[str, Any]]:
    """The bins that have claims, for a chart: the share that came true with its interval, what was claimed beside it."""
    return [
        {"label": between(each), "note": ngettext("%d claim", "%d claims", each.number) % each.number, "value": each.happened,
         "low": each.interval[0], "high": each.interval[1], "beside": each.claimed, "of": each.number}
        for each in found.bins if each.number
    ]  # fmt: skip


def table_rows(found: Calibration) -> list[dict[str, Any]]:
    return [{"between": between(each), "claims": each.number, "claimed": each.claimed if each.number else None,
             "happened": each.happened if each.number else None, "low": each.interval[0] if each.number else None,
             "high": each.interval[1] if each.number else None} for each in found.bins]  # fmt: skip
