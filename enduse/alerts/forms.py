"""Forms of alerts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.alerts.models import Alert


class AlertsFilter(forms.Form):
    answered = forms.ChoiceField(label=_("Which"), required=False, choices=[("", _("open")), ("yes", _("answered")), ("all", _("all"))])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("any")), *Alert.KINDS])
    party = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("What was done about it"), widget=forms.Textarea)
