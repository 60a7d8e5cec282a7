"""Forms of customs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class BorderForm(forms.Form):
    reference = forms.CharField(label=_("Licence"), max_length=20, help_text=_("Such as L-2011-0042."))
    code = forms.CharField(label=_("Code"), max_length=8, help_text=_("The eight characters printed beside it."))


class CustomsReportForm(forms.Form):
    office = forms.CharField(label=_("Customs office"), max_length=120)
    file = forms.FileField(label=_("What passed, as CSV"), help_text=_("Columns: licence, line, quantity, exported_on, declaration."))
