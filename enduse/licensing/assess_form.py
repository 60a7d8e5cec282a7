"""The form of an assessment: a level, a reason and what would reduce the risk, for every criterion and every raised flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from enduse import reference
from enduse.licensing import conditions
from enduse.licensing.actions.assessing import FLAG_LEVELS
from enduse.licensing.models import Assessment
from enduse.licensing.questions import GROUPS, LEVEL_NAMES, TOPICS, criteria_under, effect_of, levels_of, mitigations_of


@dataclass(frozen=True)
class Row:
    """One question: its text, why the program asks, what its answer does, and the fields that answer it."""

    code: str
    text: str
    basis: str
    evidence: str
    effect: str
    level: BoundField
    reason: BoundField
    mitigation: BoundField | None
    bearing: list[str] = field(default_factory=list)  # the raised flags that bear on it
    together: bool = False

    @property
    def is_mitigated(self) -> bool:
        return self.mitigation is not None and bool(self.mitigation.value())


class AssessForm(forms.Form):
    """Every question, with the answers of the last assessment; nothing is answered that nobody answered."""

    summary = forms.CharField(label=_("Summary"), widget=forms.Textarea, help_text=_("What weighs most, and why."))
    more_flags = forms.MultipleChoiceField(label=_("Flags that you raise yourself"), required=False, widget=forms.CheckboxSelectMultiple)
    more_reason = forms.CharField(label=_("Why you raise them"), required=False, widget=forms.Textarea)
    together = forms.CharField(required=False, widget=forms.HiddenInput)  # the criteria answered in one press

    def __init__(self, *args: Any, raised: Mapping[str, str], last: Assessment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.raised = raised
        self.under = criteria_under(raised)
        before: dict[str, Any] = {"criteria": last.criteria, "flags": last.flags} if last is not None else {"criteria": {}, "flags": {}}
        for code in reference.table("criteria"):
            self._add("criteria", code, levels_of(code), before["criteria"].get(code, {}))
        for code in raised:
            self._add("flags", code, list(FLAG_LEVELS), before["flags"].get(code, {}))
        self.fields["more_flags"].choices = [  # type: ignore[attr-defined]
            (code, f"{code} {entry.text}") for code, entry in reference.table("warning_flags").items() if code not in raised]

    def _add(self, group: str, code: str, levels: list[str], before: Mapping[str, Any]) -> None:
        name = f"{group}.{code}"
        self.fields[name] = forms.ChoiceField(
            label=_("Level"), choices=[(level, LEVEL_NAMES.get(level, level)) for level in levels], widget=forms.RadioSelect,
            initial=before.get("level"), required=False)
        self.fields[f"{name}.reason"] = forms.CharField(label=_("Reason and evidence"), required=False, initial=before.get("reason"))
        offered = mitigations_of("criteria" if group == "criteria" else "warning_flags", code)
        if offered:
            self.fields[f"{name}.mitigation"] = forms.MultipleChoiceField(
                label=_("What would reduce it"), required=False, widget=forms.CheckboxSelectMultiple, choices=[(each, _offer(each)) for each in offered],
                initial=[each["code"] for each in before.get("mitigation", [])])

    def groups(self) -> list[tuple[object, list[Row]]]:
        """The criteria under the headings of what they come from."""
        table = reference.table("criteria")
        rows = [(entry.more["group"], self._row("criteria", code, entry, entry.more["basis"], "", effect_of(code))) for code, entry in table.items()]
        return [(name, [row for at, row in rows if at == group]) for group, name in GROUPS.items()]

    def flag_rows(self) -> list[Row]:
        table = reference.table("warning_flags")
        return [self._row("flags", code, table[code], str(TOPICS[table[code].more["topic"]]), evidence, "") for code, evidence in self.raised.items()]

    def _row(self, group: str, code: str, entry: reference.Entry, basis: str, evidence: str, effect: str) -> Row:
        name = f"{group}.{code}"
        return Row(code, entry.text, basis, evidence, effect, self[name], self[f"{name}.reason"],
                   self[f"{name}.mitigation"] if f"{name}.mitigation" in self.fields else None,
                   self.under.get(code, []) if group == "criteria" else [], group == "criteria" and code in self.together_codes())

    def together_codes(self) -> list[str]:
        return [code for code in str(self["together"].value() or "").split(",") if code in reference.table("criteria")]

    def unanswered(self) -> list[str]:
        return [code for code in reference.table("criteria") if not self[f"criteria.{code}"].value()]

    def answers(self) -> dict[str, Any]:
        given = self.cleaned_data
        together = set(self.together_codes())
        criteria = {code: self._answer("criteria", code) for code in reference.table("criteria")}
        for code in together:
            if criteria[code]["level"] == levels_of(code)[0]:
                criteria[code]["together"] = True
        flags = {code: self._answer("flags", code) for code in self.raised}
        flags |= {code: {"level": "medium", "reason": given["more_reason"]} for code in given["more_flags"]}
        return {"criteria": criteria, "flags": flags, "summary": given["summary"]}

    def _answer(self, group: str, code: str) -> dict[str, Any]:
        name = f"{group}.{code}"
        chosen = self.cleaned_data.get(f"{name}.mitigation") or []
        return {"level": self.cleaned_data[name], "reason": self.cleaned_data[f"{name}.reason"], "mitigation": [{"code": each} for each in chosen]}


def with_the_rest(posted: QueryDict, raised: Mapping[str, str]) -> dict[str, Any]:
    """What was posted with every criterion still open answered at its best level, for the officer to read and then to save.

    What a raised flag bears on stays open: that is answered by itself.
    """
    under = criteria_under(raised)
    many = {"more_flags"} | {name for name in posted if name.endswith(".mitigation")}
    words: dict[str, Any] = {name: posted.getlist(name) if name in many else posted.get(name) for name in posted}
    filled = [code for code in reference.table("criteria") if not posted.get(f"criteria.{code}") and code not in under]
    words |= {f"criteria.{code}": levels_of(code)[0] for code in filled}
    before = [code for code in (posted.get("together") or "").split(",") if code]
    return words | {"together": ",".join(dict.fromkeys([*before, *filled]))}


def recommended_first(assessment: Assessment | None) -> dict[str, Any]:
    """The first values of the form of a recommendation: the conditions that the assessment proposes, ticked with their values."""
    words: dict[str, Any] = {}
    for each in assessment.proposed_conditions() if assessment is not None else []:
        words[f"conditions.{each['code']}"] = True
        words |= {f"conditions.{each['code']}.{name}": value for name, value in each["parameters"].items()}
    return words


def _offer(code: str) -> str:
    return conditions.as_sentence({"code": code, "parameters": conditions.defaults_of(code)})
