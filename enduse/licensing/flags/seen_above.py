"""Flags that deliveries, custody, checks and traces raise: what those floors posted, put in words."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from enduse.licensing.flags.known import Known
from enduse.licensing.signs import Sign

SHOWN = 3


def _said(code: str, word: Callable[[Sign], str]) -> Callable[[Known], str | None]:
    """A flag that is raised by each of its signs, the latest first."""
    def flag(known: Known) -> str | None:
        signs = list(known.signs.get(code, ()))
        if not signs:
            return None
        more = [_("and %d more") % (len(signs) - SHOWN)] if len(signs) > SHOWN else []
        return "; ".join([word(sign) for sign in signs[:SHOWN]] + more) + "."
    return flag


def _carrier(sign: Sign) -> str:
    return _("%(carrier)s carried %(source)s and was not clear against the lists on %(day)s") % {**sign.facts, "source": sign.source, "day": sign.seen_on}


def _other_way(sign: Sign) -> str:
    return _("%(source)s went through %(through)s; its application says %(expected)s") % {
        "source": sign.source, "through": ", ".join(sign.facts["through"]) or _("no other country"),
        "expected": ", ".join(sign.facts["expected"]) or _("no other country")}


def _odd_serials(sign: Sign) -> str:
    return _("%(odd)d of %(all)d serials of %(source)s have a form that no earlier %(model)s has, such as %(form)s") % {
        **sign.facts, "source": sign.source}


def _unverified(sign: Sign) -> str:
    return _("%(source)s arrived on %(arrived)s and was to be verified by %(due)s") % {
        "source": sign.source, "arrived": sign.seen_on, "due": sign.facts["due"]}


def _discrepant(sign: Sign) -> str:
    return _("%(source)s: %(missing)d of %(sent)d missing and %(unexpected)d not on its manifest, on %(day)s") % {
        **sign.facts, "source": sign.source, "day": sign.seen_on}


def _outside(sign: Sign) -> str:
    return _("%(unit)s counted %(count)d of them on %(day)s (%(source)s)") % {**sign.facts, "source": sign.source, "day": sign.seen_on}


def _soon(sign: Sign) -> str:
    return _("%(source)s: recovered %(days)d days after it was delivered under %(licence)s") % {**sign.facts, "source": sign.source}


def _not_let_in(sign: Sign) -> str:
    return _("check %(source)s of %(unit)s on %(day)s") % {**sign.facts, "source": sign.source, "day": sign.seen_on}


FLAGS = {
    "R04": _said("R04", _carrier), "R05": _said("R05", _other_way), "I03": _said("I03", _odd_serials), "S01": _said("S01", _unverified),
    "S02": _said("S02", _discrepant), "S03": _said("S03", _outside), "S05": _said("S05", _soon), "S06": _said("S06", _not_let_in),
}
