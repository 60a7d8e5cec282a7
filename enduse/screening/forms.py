"""Forms of screening."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.screening.models import HitResolution


class ResolveForm(forms.Form):
    outcome = forms.ChoiceField(label=_("The party and the one listed are"), choices=HitResolution.OUTCOMES, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea,
                             help_text=_("What differs or agrees: birth date, address, number, country, owners."))
