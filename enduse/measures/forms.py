"""Forms of measures."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse import reference
from enduse.accounts.models import User
from enduse.measures.actions import PARAMETERS
from enduse.measures.conditions import as_sentence, defaults_of
from enduse.measures.models import Measure
from enduse.parties.choosing import STATE_BODIES, PartyField
from enduse.parties.models import Party


class MeasuresFilter(forms.Form):
    in_force = forms.BooleanField(label=_("in force today"), required=False)


class MeasureForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Measure.KINDS)
    authority = forms.ChoiceField(label=_("Authority"), choices=Measure.AUTHORITIES)
    authority_reference = forms.CharField(label=_("Its reference"), max_length=200, help_text=_("The number of the order or statute."))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea)
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("Last day"), required=False, help_text=_("Empty: until it is lifted by order."))
    end_user = PartyField(label=_("Only this end user or unit"), required=False, among=STATE_BODIES, help_text=_("Empty: any."))
    country = forms.CharField(label=_("Only this destination"), max_length=2, required=False, help_text=_("Two letters; empty: any."))
    firearm_type = forms.ChoiceField(label=_("Only this type"), required=False)
    calibre = forms.ChoiceField(label=_("Only this calibre"), required=False)
    automatic = forms.TypedChoiceField(
        label=_("Automatic fire"), required=False, coerce=lambda text: text == "yes", empty_value=None,
        choices=[("", _("any")), ("yes", _("automatic only")), ("no", _("not automatic only"))])
    quantity = forms.IntegerField(label=_("Cap: at most"), required=False, min_value=0, help_text=_("Firearms approved in the window."))
    months = forms.IntegerField(label=_("Cap: within months"), required=False, min_value=1)
    share = forms.FloatField(label=_("Tranche or check rate: share"), required=False, min_value=0, max_value=1, help_text=_("0 to 1."))
    every_months = forms.IntegerField(label=_("Stocktakes: every months"), required=False, min_value=1)
    retention = forms.FloatField(
        label=_("Locked armouries: share of the weapons kept that deserters would carry off"), required=False, min_value=0, max_value=1,
        help_text=_("0 to 1."))

    condition = forms.ChoiceField(label=_("Mandatory condition: which"), required=False)
    values = forms.CharField(label=_("Mandatory condition: its values"), required=False, help_text=_(
        "Such as months=12, share=0.1; empty: the usual ones."))

    NUMBERS = ("quantity", "months", "share", "every_months", "retention")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PartyField, self.fields["end_user"]).choose_from(Party.objects.visible_to(user).exclude(kind__in=[Party.PERSON, Party.COMPANY]))
        self.fields["firearm_type"].choices = [("", _("any")), *reference.choices("firearm_types")]  # type: ignore[attr-defined]
        self.fields["calibre"].choices = [("", _("any")), *reference.choices("calibres")]  # type: ignore[attr-defined]
        self.fields["condition"].choices = [("", _("choose")), *(  # type: ignore[attr-defined]
            (code, f"{code}: {as_sentence({'code': code, 'parameters': defaults_of(code)})}") for code in reference.table("licence_conditions"))]

    def drafted(self) -> dict[str, Any]:
        """What the actions take: only the numbers that the kind asks for."""
        given = dict(self.cleaned_data)
        numbers = {name: given.pop(name) for name in self.NUMBERS}
        code, values = given.pop("condition"), given.pop("values")
        if given["kind"] == Measure.CONDITION:
            said = dict(part.split("=", 1) for part in values.split(",") if "=" in part)
            return given | {"parameters": {"code": code, "parameters": {name.strip(): value.strip() for name, value in said.items()}}}
        asked = PARAMETERS.get(given["kind"], {})
        return given | {"parameters": {name: numbers[name] for name in asked if numbers[name] is not None}}


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)


class LiftForm(forms.Form):
    note = forms.CharField(label=_("The order and the reason"), widget=forms.Textarea)
    effective_on = forms.DateField(label=_("From"), required=False, help_text=_("Empty: today."))
