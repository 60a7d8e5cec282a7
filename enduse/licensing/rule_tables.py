"""The rules that officers work by, as plain tables: what is asked, flagged, attached, answered with, and ordered, each with its rule in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from enduse import reference
from enduse.licensing import kinds
from enduse.licensing.conditions import as_sentence
from enduse.licensing.questions import BREACHES, GROUPS, LEVEL_NAMES, TOPICS, effect_of, levels_of
from enduse.measures.models import Measure

# What each kind of measure does where a decision or a shipment passes (rule 3).
MEASURE_RULES = {
    Measure.MORATORIUM: gettext_lazy("In its scope nothing is approved, declared or shipped while it is in force."),
    Measure.CAP: gettext_lazy("An approval that would pass the number within the months before is refused; shipments of what was approved go on."),
    Measure.TRANCHE: gettext_lazy("A consignment takes at most the share of its licence, and the next is declared when the last was verified; also "
                                  "under licences that stood before. New licences carry it as a condition."),
    Measure.STOCKTAKES: gettext_lazy("Units that hold must have counted within the months before more is shipped; also under licences that stood before."),
    Measure.CHECK_RATE: gettext_lazy("New licences carry the condition that so large a share is checked on site within 12 months."),
    Measure.LOCKED_ARMOURY: gettext_lazy("New licences carry the condition of storage to the standard."),
    Measure.BAN_ON_UNIT: gettext_lazy("Nothing is approved for, declared or shipped to the unit and what is below it, nor passed on to them."),
    Measure.CONDITION: gettext_lazy("New licences carry the condition; licences that stood before are held to it when firearms move."),
}
FORCES = {"must": gettext_lazy("must be denied"), "may": gettext_lazy("may be denied"), "return": gettext_lazy("returned without action")}


@dataclass(frozen=True)
class Table:
    """One table: its title, what it is, its columns, and its rows as texts in the reader's language."""

    name: str
    title: object
    about: object
    columns: tuple[object, ...]
    rows: Callable[[], Iterator[tuple[str, ...]]]

    def matching(self, search: str = "") -> list[tuple[str, ...]]:
        """The rows that hold every word that is looked for, in any column."""
        words = search.casefold().split()
        return [row for row in self.rows() if all(any(word in cell.casefold() for cell in row) for word in words)]


def _rule(entry: reference.Entry) -> str:
    spanish = (get_language() or "en").startswith("es")
    return (entry.more.get("rule_es") if spanish else entry.more.get("rule_en")) or _("An officer's to see.")


def _codes(text: str | None) -> str:
    return ", ".join(part for part in (text or "").split("|") if part)


def _criteria() -> Iterator[tuple[str, ...]]:
    for code, entry in reference.table("criteria").items():
        scale = " / ".join(str(LEVEL_NAMES.get(level, level)) for level in levels_of(code))
        yield (code, str(GROUPS[entry.more["group"]]), entry.more["basis"], entry.text, scale, effect_of(code), _codes(entry.more["mitigated_by"]),
               _codes(entry.more["reasons"]))


def _flags() -> Iterator[tuple[str, ...]]:
    for code, entry in reference.table("warning_flags").items():
        by = _("program") if entry.more["raised_by_program"] == "yes" else _("officer")
        yield code, str(TOPICS[entry.more["topic"]]), entry.text, by, _rule(entry), _codes(entry.more["bears_on"]), _codes(entry.more["mitigated_by"])


def _conditions() -> Iterator[tuple[str, ...]]:
    for code, entry in reference.table("licence_conditions").items():
        by = _("program") if entry.more["checked_by"] == "program" else _("officer")
        yield code, as_sentence({"code": code, "parameters": {}}), by, _rule(entry), str(BREACHES[entry.more["on_breach"]]), entry.more["defaults"].replace(",", ", ")


def _reasons() -> Iterator[tuple[str, ...]]:
    for code, entry in reference.table("denial_reasons").items():
        more = entry.more
        yield code, str(FORCES[more["force"]]), entry.text, more["att"], more["eu"], more["uk"], more["us"]


def _kinds() -> Iterator[tuple[str, ...]]:
    for entry, words in kinds.rules():
        yield entry.code, str(entry), words, entry.more["months"], entry.more["source"]


def _measures() -> Iterator[tuple[str, ...]]:
    for kind, name in Measure.KINDS:
        yield kind, str(name), str(MEASURE_RULES[kind])


TABLES = {table.name: table for table in (
    Table("criteria", gettext_lazy("Criteria of an assessment"), gettext_lazy("Every question that an officer answers, and what its worst answer does."),
          (gettext_lazy("Code"), gettext_lazy("From"), gettext_lazy("Basis"), gettext_lazy("Question"), gettext_lazy("Answers"), gettext_lazy("Effect"),
           gettext_lazy("Reduced by"), gettext_lazy("Reasons of a denial")), _criteria),
    Table("flags", gettext_lazy("Warning flags"), gettext_lazy("Signs of risk. Those that the program raises say by which rule; an officer answers each."),
          (gettext_lazy("Code"), gettext_lazy("About"), gettext_lazy("Sign"), gettext_lazy("Raised by"), gettext_lazy("Rule of the program"),
           gettext_lazy("Bears on"), gettext_lazy("Reduced by")), _flags),
    Table("conditions", gettext_lazy("Conditions of a licence"), gettext_lazy("Duties that a licence may carry; those that the program watches say how."),
          (gettext_lazy("Code"), gettext_lazy("Condition"), gettext_lazy("Watched by"), gettext_lazy("Rule of the program"), gettext_lazy("When broken"),
           gettext_lazy("Usual values")), _conditions),
    Table("reasons", gettext_lazy("Reasons of a denial or return"), gettext_lazy("With their places in the treaty and in the lists of others."),
          (gettext_lazy("Code"), gettext_lazy("Force"), gettext_lazy("Reason"), "ATT", "EU 2008/944", "UK", "22 CFR"), _reasons),
    Table("kinds", gettext_lazy("Kinds of licence"), gettext_lazy("What each asks of an application and permits, and how long it runs."),
          (gettext_lazy("Code"), gettext_lazy("Kind"), gettext_lazy("What it asks and permits"), gettext_lazy("Months"), gettext_lazy("Source")), _kinds),
    Table("measures", gettext_lazy("Kinds of measure"), gettext_lazy("What each does where a decision or a shipment passes, in its scope and dates."),
          (gettext_lazy("Code"), gettext_lazy("Kind"), gettext_lazy("Rule of the program")), _measures),
)}


def as_plain(table: Table, search: str = "") -> dict[str, Any]:
    """A table in plain values: its columns and its rows."""
    return {"name": table.name, "title": str(table.title), "columns": [str(column) for column in table.columns],
            "rows": [list(row) for row in table.matching(search)]}
