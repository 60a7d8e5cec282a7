"""Conditions of a licence: codes of `reference/licence_conditions.csv` with the values that their texts need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from enduse import reference
from enduse.refusals import Problems

MAX_TEXT = 1_000
MOST, MOST_OF_ALL = {"days": 3_650, "months": 120, "hours": 87_600}, 10_000_000_000  # a time: ten years


def asked_for(code: str) -> dict[str, str]:
    """What a condition needs to be told: name -> kind (int, share, text, date)."""
    told = reference.table("licence_conditions")[code].more["parameters"]
    return dict(part.split(":") for part in told.split(",") if part)  # type: ignore[misc]


def checked(conditions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Conditions in the form that is kept: {"code", "parameters"}. Invalid: an unknown code, a value missing or not fitting."""
    problems, kept = Problems(), []
    for number, condition in enumerate(conditions, start=1):
        code = str(condition.get("code", ""))
        if code not in reference.table("licence_conditions"):
            problems.add(_("There is no such condition."), _("Choose from the list of conditions."), row=number, field="conditions", found=code)
            continue
        given, needed = dict(condition.get("parameters") or {}), asked_for(code)
        for name in sorted(set(given) - set(needed)):
            problems.add(_("This condition has no such value."), _("Take it out."), row=number, field=f"conditions.{name}")
        values = {name: _value(name, kind, given.get(name)) for name, kind in needed.items()}
        for name, value in values.items():
            if value is None:
                problems.add(_("This condition needs a value."), _HOW[needed[name]](), row=number, field=f"conditions.{name}",
                             found=str(given.get(name, "")))
        kept.append({"code": code, "parameters": values})
    problems.raise_if_any()
    return kept


def defaults_of(code: str) -> dict[str, str]:
    """The usual values of a condition, as far as its table has any: what a form offers first."""
    told = reference.table("licence_conditions")[code].more.get("defaults") or ""
    return dict(part.split(":") for part in told.split(",") if part)  # type: ignore[misc]


def proposed(conditions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Conditions proposed against a risk: values that are not said yet are said when they are recommended. Invalid: as `checked`."""
    problems, kept = Problems(), []
    for number, condition in enumerate(conditions, start=1):
        code = str(condition.get("code", ""))
        if code not in reference.table("licence_conditions"):
            problems.add(_("There is no such condition."), _("Choose from the list of conditions."), row=number, found=code)
            continue
        given, needed = dict(condition.get("parameters") or {}), asked_for(code)
        values = {name: _value(name, needed[name], value) for name, value in (defaults_of(code) | given).items() if name in needed}
        for name in sorted(set(given) - {name for name, value in values.items() if value is not None}):
            problems.add(_("This value does not fit the condition."), _HOW[needed[name]]() if name in needed else _("Take it out."), row=number,
                         found=str(given[name]))
        kept.append({"code": code, "parameters": values})
    problems.raise_if_any()
    return kept


_HOW = {
    "int": lambda: _("Write a whole number above 0; a time of at most ten years."), "share": lambda: _("Write a share above 0 and up to 1."),
    "text": lambda: _("Write it in words."), "date": lambda: _("Write a date, such as 2012-06-30."),
}


def _value(name: str, kind: str, given: Any) -> Any:
    """The value as it is kept, or None when it does not fit."""
    text = str(given).strip() if given is not None and not isinstance(given, bool) else ""
    try:
        if kind == "int":
            number = int(text)
            return number if 0 < number <= MOST.get(name, MOST_OF_ALL) else None
        if kind == "share":
            share = float(text)
            return share if 0 < share <= 1 else None
        if kind == "date":
            return date.fromisoformat(text).isoformat()
    except ValueError:
        return None
    return text[:MAX_TEXT] or None


def as_sentence(condition: Mapping[str, Any]) -> str:
    """A condition as a person reads it, in the reader's language."""
    entry = reference.table("licence_conditions").get(condition["code"])
    if entry is None:
        return str(condition["code"])
    kinds = asked_for(condition["code"])
    shown = {name: f"{value:.0%}" if kinds.get(name) == "share" and isinstance(value, float) else value
             for name, value in condition.get("parameters", {}).items()}
    try:
        return entry.text.format(**dict.fromkeys(kinds, "…") | shown)
    except (KeyError, IndexError, ValueError):
        return entry.text
