"""The form that asks for an estimate."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.parties.models import Party


class EstimateForm(forms.Form):
    until = forms.DateField(label=_("What had left by"), widget=forms.DateInput(attrs={"type": "date"}))
    end_user = forms.ModelChoiceField(label=_("Of"), queryset=Party.objects.none(), required=False, empty_label=_("everything delivered"))
    seed = forms.IntegerField(label=_("Seed"), initial=1, min_value=0, help_text=_("The same evidence and seed give the same estimate."))

    def __init__(self, *args: Any, names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if names:
            cast("forms.ModelChoiceField[Any]", self.fields["end_user"]).queryset = Party.objects.directory().exclude(kind__in=[Party.COMPANY, Party.PERSON])
        else:
            del self.fields["end_user"]
