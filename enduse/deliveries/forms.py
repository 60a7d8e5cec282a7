"""What is typed in deliveries: a declaration, and each step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.custody.counting import Read
from enduse.custody.files import read_serials
from enduse.custody.naming import typed
from enduse.deliveries import queries
from enduse.deliveries.models import Consignment
from enduse.licensing.models import Licence, Undertaking
from enduse.parties.choosing import BODIES, COMPANIES, PartyField
from enduse.refusals import Invalid, Problem

NOTE = {"rows": 2}
LINES = {"rows": 6, "spellcheck": "false", "autocomplete": "off", "class": "serial"}


class ConsignmentFilter(forms.Form):
    words = forms.CharField(label=_("Reference or party"), max_length=80, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("Any")), *Consignment.STATES]  # type: ignore[attr-defined]


class LicenceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Licences by reference, with their end user."""

    def label_from_instance(self, licence: Licence) -> str:
        return f"{licence.reference} · {licence.application.end_user}"


class UndertakingChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Undertakings by licence, number and end user."""

    def label_from_instance(self, undertaking: Undertaking) -> str:
        return f"{undertaking.licence.reference} · {undertaking}"


class DeclareForm(forms.Form):
    licence = LicenceChoice(label=_("Under licence"), queryset=Licence.objects.none())
    manifest = forms.FileField(
        label=_("Manifest (CSV)"),
        help_text=_(
            "One row for each firearm. Columns make, model, type, calibre, serial; year and country if known. All of it is taken or nothing."
        ),
    )
    carrier = PartyField(label=_("Carrier"), among=COMPANIES)
    consignee = PartyField(
        label=_("Consignee"), required=False, among=BODIES, help_text=_("Left empty: the consignee that the licence names."))
    undertaking = UndertakingChoice(
        label=_("Undertaking of the end user"), queryset=Undertaking.objects.none(), required=False, empty_label=_("none"),
        help_text=_("Of a consignment under an open licence: the certificate filed for it."))
    through = forms.CharField(label=_("Countries on the way"), required=False, max_length=80, help_text=_(
        "Two letters each, separated by commas. Left empty: those that the application names."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["licence"].queryset = queries.licences_to_deliver(user)
        fields["carrier"].choose_from(queries.carriers())
        fields["consignee"].choose_from(queries.consignees_for(user))
        fields["undertaking"].queryset = queries.undertakings_for(user)
        if not fields["undertaking"].queryset.exists():
            del fields["undertaking"]  # who has no open licence is not asked


class ShipForm(forms.Form):
    on = forms.DateField(label=_("Handed to the carrier on"), initial=clock.today)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why it is taken back"), widget=forms.Textarea(attrs=NOTE))


class VerifyForm(forms.Form):
    on = forms.DateField(label=_("Verified on"), initial=clock.today)
    note = forms.CharField(label=_("How it was verified"), widget=forms.Textarea(attrs=NOTE),
                           help_text=_("Of a delivery that differs: what explains the difference."))


class ReceiveForm(forms.Form):
    """A blind count of what arrived; or, where the consignee is sure, that every firearm of the manifest was seen."""

    on = forms.DateField(label=_("Counted in on"), initial=clock.today)
    serials = forms.CharField(
        label=_("Serials read"), required=False, widget=forms.Textarea(attrs=LINES),
        help_text=_("One a line. Where two firearms bear the same serial, write a comma and the make after it."))
    file = forms.FileField(
        label=_("…or a file"), required=False, help_text=_("CSV from any scanner, with the column serial, and make where it is needed.")
    )
    all_seen = forms.BooleanField(label=_("Every firearm of the manifest was read, and no other"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs=NOTE), help_text=_("What explains a difference."))

    def reads(self) -> list[Read] | None:
        """What was read; None: all were seen. Invalid: said in two ways, or in none and without a note."""
        asked = self.cleaned_data
        said = [name for name in ("serials", "file", "all_seen") if asked[name]]
        if len(said) > 1:
            raise Invalid(
                Problem(
                    str(_("What arrived is said in two ways.")), str(_("Type the serials, choose a file, or say that all were read.")), field=said[0]
                )
            )
        if asked["all_seen"]:
            return None
        return read_serials(asked["file"], name="file") if asked["file"] else typed(asked["serials"])
