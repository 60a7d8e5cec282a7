"""Forms for users and tokens."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import ApiToken
from enduse.accounts.permissions import ROLE_NAMES, Role


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What it is for, so that you know it again."))
    scope = forms.ChoiceField(label=_("It may"), choices=[(ApiToken.READ, _("read")), (ApiToken.WRITE, _("read and write"))])
    days = forms.IntegerField(label=_("Lives for (days)"), min_value=1, max_value=365, initial=90)


class UserForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=150)
    full_name = forms.CharField(label=_("Full name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, ROLE_NAMES[role]) for role in Role])
    password = forms.CharField(label=_("First password"), widget=forms.PasswordInput,
                               help_text=_("At least twelve characters; the person changes it."))
