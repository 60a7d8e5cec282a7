"""Forms of parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.parties.choosing import PartyField
from enduse.parties.models import Link, Party, PartyAddress


class PartiesFilter(forms.Form):
    search = forms.CharField(label=_("Name or region"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("any")), *Party.KINDS])
    country = forms.CharField(label=_("Country"), required=False, max_length=2)
    with_units = forms.BooleanField(label=_("with units"), required=False)


class PartyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Party.KINDS)
    country = forms.CharField(label=_("Country"), max_length=2, help_text=_("Two letters, such as MX."))
    parent = PartyField(label=_("Unit of"), required=False, help_text=_("Empty: it stands for itself."))
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    registration = forms.CharField(label=_("Registration"), max_length=40, required=False, help_text=_("A maker's or broker's number."))
    birth_date = forms.DateField(label=_("Born on"), required=False, help_text=_("Of a person."))
    founded_on = forms.DateField(label=_("Founded on"), required=False, help_text=_("Of a company, as its register says."))
    is_importer = forms.BooleanField(label=_("It buys for others"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PartyField, self.fields["parent"]).choose_from(Party.objects.visible_to(user).exclude(kind=Party.PERSON))


class ChangeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    registration = forms.CharField(label=_("Registration"), max_length=40, required=False)


class LinkForm(forms.Form):
    holder = PartyField(label=_("Who owns or runs it"), help_text=_("Register the person or company first."))
    role = forms.ChoiceField(label=_("Role"), choices=Link.ROLES)
    share = forms.DecimalField(label=_("Share, per cent"), required=False, max_digits=5, decimal_places=2)
    since = forms.DateField(label=_("Since"))
    source = forms.CharField(label=_("Known from"), max_length=200, help_text=_("The register, the document or the statement."))

    def __init__(self, *args: Any, user: User, party: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PartyField, self.fields["holder"]).choose_from(Party.objects.visible_to(user).exclude(pk=party.pk))


class LinkEndForm(forms.Form):
    until = forms.DateField(label=_("Until"))


class AddressForm(forms.Form):
    use = forms.ChoiceField(label=_("Use"), choices=PartyAddress.USES)
    text = forms.CharField(label=_("Address"), max_length=300, help_text=_("Street and number, town, post code, country."))
    since = forms.DateField(label=_("Since"))
    source = forms.CharField(label=_("Known from"), max_length=200, help_text=_("The register, the document or the statement."))


class AddressEndForm(forms.Form):
    until = forms.DateField(label=_("Until"))


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(label=_("User"), queryset=User.objects.none(),
                                  help_text=_("Who acts for another party now acts for this one alone from then on."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["user"])  # type: ignore[type-arg]
        field.queryset = User.objects.filter(is_active=True).select_related("membership__party").order_by("username")
        field.label_from_instance = _with_role  # type: ignore[method-assign, assignment]


def _with_role(user: User) -> str:
    membership = getattr(user, "membership", None)
    return " · ".join(filter(None, (user.username, str(user.get_role_display()), str(membership.party) if membership is not None else "")))


class PersonnelForm(forms.Form):
    """One month: for each unit how many served and how many deserted."""

    month = forms.DateField(label=_("Month"), help_text=_("Any day of it."))

    def __init__(self, *args: Any, units: Sequence[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        for unit in units:
            self.fields[f"personnel.{unit.pk}"] = forms.IntegerField(label=_("Serving in %s") % unit, min_value=0, required=False)
            self.fields[f"desertions.{unit.pk}"] = forms.IntegerField(label=_("Deserted from %s") % unit, min_value=0, required=False)

    def rows(self) -> list[tuple[Party, Any, Any]]:
        return [(unit, self[f"personnel.{unit.pk}"], self[f"desertions.{unit.pk}"]) for unit in self.units]

    def lines(self) -> list[tuple[Party, int, int]]:
        given = self.cleaned_data
        return [
            (unit, given[f"personnel.{unit.pk}"], given[f"desertions.{unit.pk}"] or 0)
            for unit in self.units if given[f"personnel.{unit.pk}"] is not None
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not any(given.get(f"personnel.{unit.pk}") is not None for unit in self.units):
            raise forms.ValidationError(_("Fill in at least one unit."))
        return given
