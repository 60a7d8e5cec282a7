"""What is typed in monitoring: a plan, and what a visit found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.licensing.models import Licence
from enduse.monitoring import queries
from enduse.monitoring.actions import STAGE_OF
from enduse.monitoring.files import read_sightings
from enduse.monitoring.models import Check, CheckOutcome
from enduse.parties.choosing import STATE_BODIES, PartyField

NOTE = {"rows": 3}


class CheckFilter(forms.Form):
    words = forms.CharField(label=_("Reference or unit"), max_length=80, required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[
        ("", _("Any")), (Check.PLANNED, _("planned")), (Check.OVERDUE, _("overdue")), *CheckOutcome.OUTCOMES])
    selection = forms.ChoiceField(label=_("Selected"), required=False, choices=[("", _("Any way")), *Check.SELECTIONS])


class PlanForm(forms.Form):
    unit = PartyField(label=_("Unit to visit"), among=STATE_BODIES)
    stage = forms.ChoiceField(label=_("Stage"), choices=Check.STAGES, widget=forms.RadioSelect, initial=Check.POST_SHIPMENT)
    licence = forms.ModelChoiceField(
        label=_("About licence"), queryset=Licence.objects.none(), required=False, to_field_name="reference", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Such as L-2011-0042."), error_messages={"invalid_choice": _("There is no such licence. Copy its reference from its page.")})
    selection = forms.ChoiceField(label=_("How this unit was selected"), choices=Check.SELECTIONS, widget=forms.RadioSelect, initial=Check.RANDOM,
                                  help_text=_("Only random checks say anything of the units that were not visited."))
    selection_probability = forms.FloatField(
        label=_("Chance that this unit was picked"), required=False, min_value=0, max_value=1,
        help_text=_("For a random pick alone: 0.1 when one unit in ten was drawn."))
    sample_size = forms.IntegerField(label=_("Firearms to look for"), min_value=0, max_value=100_000, initial=30,
                                     help_text=_("Drawn from every firearm ever delivered to the unit. 0 before a licence."))
    planned_for = forms.DateField(label=_("Day of the visit"), initial=clock.today)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].choose_from(queries.units_to_check())
        fields["licence"].queryset = queries.licences_to_check(user)


class OutcomeForm(forms.Form):
    """What the visit found: a tick for each serial seen, or the visit's own list as a file."""

    visited_on = forms.DateField(label=_("Visited on"), initial=clock.today)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=CheckOutcome.OUTCOMES, widget=forms.RadioSelect)
    reason_codes = forms.MultipleChoiceField(label=_("Reasons"), widget=forms.CheckboxSelectMultiple)
    seen = forms.MultipleChoiceField(label=_("Serials seen"), required=False, widget=forms.CheckboxSelectMultiple,
                                     help_text=_("What is not ticked was looked for and not seen."))
    file = forms.FileField(label=_("…or the visit's list"), required=False, help_text=_("CSV with the columns serial and sighted (yes or no)."))
    no_visit = forms.BooleanField(label=_("No serial was looked for (no visit, or no access)"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs=NOTE))

    def __init__(self, *args: Any, check: Check, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.check_of = check
        stage = STAGE_OF[check.stage]
        fields: Any = self.fields
        fields["reason_codes"].choices = [
            (entry.code, f"{entry.code} · {entry.text}")
            for entry in reference.table("check_reason_codes").values()
            if entry.more["stage"] in {"all", stage}
        ]
        self.sample = list(queries.sample_of(check))
        fields["seen"].choices = [(str(row.firearm_id), f"{row.firearm.serial} · {row.firearm.make_name} {row.firearm.model}") for row in self.sample]
        if not self.sample:
            for name in ("seen", "file", "no_visit"):
                del fields[name]

    def sightings(self) -> dict[int, bool]:
        """{firearm id: seen}. Invalid: a bad list."""
        asked = self.cleaned_data
        if not self.sample or asked["no_visit"]:
            return {}
        if asked["file"]:
            return read_sightings(self.check_of, asked["file"], name="file")
        seen = {int(key) for key in asked["seen"]}
        return {row.firearm_id: row.firearm_id in seen for row in self.sample}
