"""Reads of scenarios: each measure's outcome beside doing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.lab.models import Scenario
from enduse.measures.models import Measure


@dataclass(frozen=True)
class Compared:
    """One policy of a scenario: its measure (None: doing nothing) and its summaries."""

    label: str
    measure: Measure | None
    result: dict[str, Any]
    best: float
    beats_next: float | None


def scenarios(user: User) -> QuerySet[Scenario]:
    return Scenario.objects.visible_to(user).select_related("estimate", "run_by").prefetch_related("measures")


def compared(scenario: Scenario) -> list[Compared]:
    """The policies, the one that averts most first, doing nothing last."""
    measures = {measure.reference: measure for measure in scenario.measures.all()}
    policies = scenario.outcome["policies"]
    order = sorted(measures, key=lambda name: -policies[name]["net_averted"]["mean"])
    beats = scenario.outcome["beats"]
    rows = [Compared(measures[name].title, measures[name], policies[name], scenario.outcome["best"][name],
                     beats[name][order[place + 1]] if place + 1 < len(order) else None) for place, name in enumerate(order)]
    nothing = next(name for name in policies if name not in measures)
    return [*rows, Compared(_("Do nothing"), None, policies[nothing], scenario.outcome["best"][nothing], None)]


def intervals(rows: list[Compared], what: str) -> list[dict[str, Any]]:
    """Rows of an interval chart over one outcome of each measure."""
    return [{"label": row.label, "value": round(row.result[what]["q50"]), "low": round(row.result[what]["q025"]), "high": round(row.result[what]["q975"]),
             "url": f"/measures/{row.measure.reference}/" if row.measure else ""} for row in rows if row.measure is not None]


def sentence(rows: list[Compared]) -> str:
    """What the comparison says, with its probability."""
    measured = [row for row in rows if row.measure is not None]
    if len(measured) < 2:
        return ""
    first, second = measured[0], measured[1]
    return _("%(first)s averts more than %(second)s with probability %(p).2f, and forgoes %(kept)s lawful firearms against %(other)s.") % {
        "first": first.label, "second": second.label, "p": first.beats_next or 0.0, "kept": _forgone(first), "other": _forgone(second)}


def _forgone(row: Compared) -> str:
    """The median, as the chart beside shows it."""
    return f"{max(0, round(row.result['lawful_stock_forgone']['q50'])):,}"
