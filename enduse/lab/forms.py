"""The form that compares measures."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.diversion.models import Estimate
from enduse.lab.actions import RESPONSES
from enduse.measures.models import Measure

RESPONSE_WORDS = {
    "substitution": _("other exporters make good part of what is not sold"),
    "to_straw_purchase": _("illicit demand turns to straw purchase"),
    "to_theft": _("illicit demand turns to theft"),
    "deterrence": _("being counted deters"),
    "seizure": _("counted serials are seized and traced more"),
}


class ScenarioForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    estimate = forms.ModelChoiceField(label=_("Start from"), queryset=Estimate.objects.none(), to_field_name="reference")
    measures = forms.ModelMultipleChoiceField(
        label=_("Measures to compare with doing nothing"), queryset=Measure.objects.none(), to_field_name="reference",
        widget=forms.CheckboxSelectMultiple)
    months = forms.IntegerField(label=_("Months"), initial=48, min_value=1, max_value=240)
    futures = forms.IntegerField(label=_("Futures"), initial=1000, min_value=100, max_value=20_000)
    responses = forms.MultipleChoiceField(label=_("What people may do in response"), required=False, widget=forms.CheckboxSelectMultiple,
                                          choices=[(name, RESPONSE_WORDS[name]) for name in RESPONSES], initial=list(RESPONSES))
    seed = forms.IntegerField(label=_("Seed"), initial=1, min_value=0)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        estimates = cast("forms.ModelChoiceField[Any]", self.fields["estimate"])
        estimates.queryset = Estimate.objects.visible_to(user)
        estimates.label_from_instance = lambda obj: f"{obj.reference} ({obj.until})"  # type: ignore[method-assign,assignment]
        cast("forms.ModelMultipleChoiceField[Any]", self.fields["measures"]).queryset = Measure.objects.visible_to(user)
