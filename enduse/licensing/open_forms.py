"""Forms of an open licence: the first use for an end user, and its undertaking."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.certificates.actions import CertificateWords
from enduse.licensing.models import Licence
from enduse.licensing.open_pages import may_be_used_for
from enduse.parties.choosing import BODIES, PartyField


class _ForEndUser(forms.Form):
    end_user = PartyField(label=_("End user"), among=BODIES)

    def __init__(self, *args: Any, licence: Licence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PartyField, self.fields["end_user"]).choose_from(may_be_used_for(licence))


class FirstUseForm(_ForEndUser):
    records_at = forms.CharField(label=_("Where the records can be inspected"), max_length=300, help_text=_("The address at which you keep them."))


class UndertakingForm(_ForEndUser):
    number = forms.CharField(label=_("Certificate number"), max_length=60)
    issuer = forms.CharField(label=_("Issued by"), max_length=200)
    signatory = forms.CharField(label=_("Signed by"), max_length=200, help_text=_("Name and office."))
    issued_on = forms.DateField(label=_("Issued on"))
    expires_on = forms.DateField(label=_("Expires on"))
    single_use = forms.BooleanField(label=_("It is for a single consignment"), required=False, initial=True)
    quantity = forms.IntegerField(label=_("Firearms that it covers"), min_value=1, required=False,
                                  help_text=_("As the certificate states it; needed where it is for several consignments."))
    no_reexport = forms.BooleanField(label=_("It assures that nothing is passed on or re-exported without consent"), required=False)
    consents_to_checks = forms.BooleanField(label=_("It accepts checks on site"), required=False)
    verifies_delivery = forms.BooleanField(label=_("It promises proof of delivery"), required=False)
    barred_regions = forms.CharField(label=_("Regions that it bars"), required=False, help_text=_("Separated by commas, as the certificate names them."))
    barred_bodies = forms.CharField(label=_("Bodies that it bars"), required=False, help_text=_("Separated by commas, by their names."))

    def words(self) -> CertificateWords:
        given = self.cleaned_data
        plain = {name: given[name] for name in ("number", "issuer", "signatory", "issued_on", "expires_on", "single_use", "quantity", "no_reexport",
                                                "consents_to_checks", "verifies_delivery")}
        return CertificateWords(**plain, end_user=given["end_user"].name, country=given["end_user"].country,
                                barred_regions=_parts(given["barred_regions"]), barred_bodies=_parts(given["barred_bodies"]))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
