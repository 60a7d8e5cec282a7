"""The form that drafts a report."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.reports.models import Report


class ReportForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    period_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    period_until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    basis = forms.ChoiceField(label=_("Count by"), choices=Report.BASES, help_text=_("Both are kept of everything; a report says which it uses."))
