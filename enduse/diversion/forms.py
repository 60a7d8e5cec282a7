"""The form that asks for an estimate."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.parties.choosing import BODIES, PartyField
from enduse.parties.models import Party


class EstimateForm(forms.Form):
    until = forms.DateField(label=_("What had left by"), widget=forms.DateInput(attrs={"type": "date"}))
    end_user = PartyField(label=_("Of"), required=False, among=BODIES, help_text=_("Empty: everything delivered."))
    seed = forms.IntegerField(label=_("Seed"), initial=1, min_value=0, help_text=_("The same evidence and seed give the same estimate."))

    def __init__(self, *args: Any, names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if names:
            cast(PartyField, self.fields["end_user"]).choose_from(Party.objects.directory().exclude(kind__in=[Party.COMPANY, Party.PERSON]))
        else:
            del self.fields["end_user"]
