"""The questions of an assessment: their scale, what an answer does, what reduces a risk, and which flags bear on which question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from enduse import reference

LEVEL_NAMES = {
    "no": _("no"), "yes": _("yes"), "partly": _("partly"), "none": _("does not arise"), "low": _("low"), "medium": _("medium"), "high": _("high"),
    "overriding": _("overriding"), "good": _("good"), "mixed": _("mixed"), "poor": _("poor"),
}
GROUPS = {
    "att6": _("Arms Trade Treaty, article 6: prohibitions"), "att7": _("Arms Trade Treaty, article 7: risks"),
    "att11": _("Arms Trade Treaty, article 11: diversion"), "duties": _("Arms Trade Treaty, articles 8 to 10: import, transit, brokers"),
    "eu": _("European Union, Common Position 2008/944: criteria 1 to 8"), "own": _("The authority's own criteria"),
    "end": _("In the end: Arms Trade Treaty, article 7(3)"),
}
EFFECTS = {
    "deny": _("The worst answer forbids an approval."), "weigh": _("It is weighed with the others."),
}
TOPICS = {
    "end user": _("end user"), "parties": _("parties"), "documents": _("documents"), "route": _("route"), "money": _("money"), "item": _("firearm"),
    "country": _("country"), "delivery": _("delivery"),
}
BREACHES = {
    "blocks shipment": _("blocks shipment"), "blocks the next shipment": _("blocks the next shipment"), "blocks the next lot": _("blocks the next lot"),
    "alert": _("alert"), "alert and hold": _("alert, and applications are held"), "note": _("a note to officers"), "review": _("review"),
    "hold": _("applications are held"),
}
# Which of two values of one condition binds more: the smaller of these, the larger of a share.
SMALLER_BINDS_MORE = frozenset({"int", "date"})


def levels_of(code: str) -> list[str]:
    """The answers that a criterion takes, the best first."""
    return reference.table("criteria")[code].more["levels"].split("|")


def effect_of(code: str) -> str:
    """What its worst answer does, in a sentence."""
    entry = reference.table("criteria")[code]
    if entry.more["effect"] == "weigh" and entry.more["forbids_approval"]:
        return str(_("Weighed; an answer of ‘%s’ forbids an approval.") % LEVEL_NAMES[entry.more["forbids_approval"]])
    return str(EFFECTS[entry.more["effect"]])


def mitigations_of(table: str, code: str) -> list[str]:
    """The conditions that may reduce the risk that a criterion or a flag asks about."""
    known = reference.table("licence_conditions")
    return [each for each in (reference.table(table)[code].more.get("mitigated_by") or "").split("|") if each in known]


def criteria_under(raised: Iterable[str]) -> dict[str, list[str]]:
    """The criteria that raised flags bear on, each with those flags: what no quick answer may pass over."""
    found: dict[str, list[str]] = {}
    for flag in raised:
        for code in (reference.table("warning_flags")[flag].more.get("bears_on") or "").split("|"):
            if code in reference.table("criteria"):
                found.setdefault(code, []).append(flag)
    return found


def proposed_conditions(answers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What an assessment's answers propose as conditions: each once, with the value that binds most where two differ."""
    found: dict[str, dict[str, Any]] = {}
    for answer in answers:
        for each in answer.get("mitigation") or []:
            before = found.get(each["code"])
            found[each["code"]] = each if before is None else {"code": each["code"], "parameters": _stricter(each, before)}
    order = list(reference.table("licence_conditions"))
    return sorted(found.values(), key=lambda each: order.index(each["code"]) if each["code"] in order else len(order))


def _stricter(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    kinds = dict(part.split(":") for part in reference.table("licence_conditions")[one["code"]].more["parameters"].split(",") if part)  # type: ignore[misc]
    merged = {**other["parameters"], **one["parameters"]}
    for name in set(one["parameters"]) & set(other["parameters"]):
        pick = min if kinds.get(name) in SMALLER_BINDS_MORE else max
        values = (one["parameters"][name], other["parameters"][name])
        merged[name] = pick(values) if kinds.get(name) in SMALLER_BINDS_MORE | {"share"} else "; ".join(dict.fromkeys(values))
    return merged
