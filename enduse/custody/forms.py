"""What is typed in custody: which firearms, what happened to them, what a count read."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.custody import queries
from enduse.custody.counting import Read
from enduse.custody.files import read_serials
from enduse.custody.models import CustodyEvent, Firearm, Holding, Stocktake
from enduse.custody.naming import all_held, firearms_named, typed
from enduse.parties.choosing import STATE_BODIES, PartyField, offer
from enduse.parties.models import Party
from enduse.reference import choices
from enduse.refusals import Invalid, Problem

LINES = {"rows": 6, "spellcheck": "false", "autocomplete": "off", "class": "serial"}
NOTE = {"rows": 2}
LOSSES = [(sort, words) for sort, words in CustodyEvent.SORTS if sort in CustodyEvent.LOSSES and sort != CustodyEvent.LOST_IN_TRANSIT]


# Whom a custodian passes firearms to: other end users too, of which it sees nothing else.
RECEIVERS = offer("receivers", queries.receivers_for)


class FirearmFilter(forms.Form):
    serial = forms.CharField(label=_("Part of a serial"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    make = forms.ChoiceField(label=_("Make"), required=False)
    model = forms.CharField(label=_("Model"), max_length=60, required=False)
    firearm_type = forms.ChoiceField(label=_("Type"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    holder = PartyField(label=_("Holder"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = [("", _("Any"))]
        _choose(self, "make", anything + choices("makes"))
        _choose(self, "firearm_type", anything + choices("firearm_types"))
        _choose(self, "state", anything + queries.states_to_filter(user))
        _offer(self, "holder", queries.units_seen(user).filter(Exists(Holding.objects.filter(party=OuterRef("pk")))))


class StocktakeFilter(forms.Form):
    unit = PartyField(label=_("Unit"), required=False, among=STATE_BODIES)
    unbalanced = forms.BooleanField(label=_("Only those that do not balance"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "unit", queries.units_seen(user).filter(Exists(Stocktake.objects.filter(unit=OuterRef("pk")))))


class GunsForm(forms.Form):
    """Which firearms: typed one a line, or in a file from any scanner."""

    unit = PartyField(label=_("Unit"), among=STATE_BODIES)
    serials = forms.CharField(
        label=_("Serials"), required=False, widget=forms.Textarea(attrs=LINES),
        help_text=_("One a line. Where two firearms bear the same serial, write a comma and the make after it."))
    file = forms.FileField(label=_("…or a file"), required=False, help_text=_("CSV with the column serial, and make where it is needed."))
    state = Holding.HELD

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "unit", queries.units_of(user))
        for field in self.fields.values():
            if isinstance(field, forms.DateField) and field.required:
                field.initial = clock.today

    def reads(self) -> list[Read]:
        """What was typed or uploaded. Invalid: both, a bad file."""
        file, lines = self.cleaned_data["file"], self.cleaned_data["serials"].strip()
        if file and lines:
            raise Invalid(Problem(str(_("There are typed serials and a file.")), str(_("Leave one of the two out.")), field="serials"))
        return read_serials(file, name="file") if file else typed(lines)

    def firearms(self) -> list[Firearm]:
        """The firearms named, as the record has them at the unit. Invalid: none, or those that are not there."""
        reads = self.reads()
        if not reads:
            raise Invalid(Problem(str(_("No firearm is named.")), str(_("Type a serial or choose a file.")), field="serials"))
        return firearms_named(reads, at=self.cleaned_data["unit"], state=self.state)


class MoveForm(GunsForm):
    """Issue or transfer: the firearms named, or all of a type, make and model that the unit holds."""

    to_unit = PartyField(label=_("To"), among=RECEIVERS)
    everything = forms.BooleanField(label=_("All that the unit holds, of:"), required=False, help_text=_("Instead of serials."))
    firearm_type = forms.ChoiceField(label=_("Type"), required=False)
    make = forms.ChoiceField(label=_("Make"), required=False)
    quantity = forms.IntegerField(label=_("At most"), min_value=1, required=False)
    occurred_on = forms.DateField(label=_("Handed over on"))
    reference = forms.CharField(label=_("Order or receipt"), max_length=60, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs=NOTE))
    field_order = ("unit", "to_unit", "serials", "file", "everything", "firearm_type", "make", "quantity", "occurred_on", "reference", "note")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["unit"].label = _("From")
        _offer(self, "to_unit", queries.receivers_for(user))
        _choose(self, "firearm_type", [("", _("Any")), *choices("firearm_types")])
        _choose(self, "make", [("", _("Any")), *choices("makes")])

    def firearms(self) -> list[Firearm]:
        asked = self.cleaned_data
        if not asked["everything"]:
            return super().firearms()
        if self.reads():
            raise Invalid(Problem(str(_("There are serials, and all are asked for.")), str(_("Leave one of the two out.")), field="everything"))
        return all_held(asked["unit"], firearm_type=asked["firearm_type"], make=asked["make"], quantity=asked["quantity"])


class LossForm(GunsForm):
    sort = forms.ChoiceField(label=_("What happened"), choices=LOSSES, widget=forms.RadioSelect)
    occurred_on = forms.DateField(label=_("On, or at the earliest on"))
    occurred_until = forms.DateField(label=_("At the latest on"), required=False, help_text=_("Only where the day is not known exactly."))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    reference = forms.CharField(label=_("Report or case reference"), max_length=60, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs=NOTE), help_text=_("How it came about. No names of persons."))
    field_order = ("unit", "sort", "serials", "file", "occurred_on", "occurred_until", "place", "reference", "note")


class FoundForm(GunsForm):
    state = Holding.LOST
    occurred_on = forms.DateField(label=_("Found on"))
    reference = forms.CharField(label=_("Report reference"), max_length=60, required=False)
    note = forms.CharField(label=_("Where and how"), required=False, widget=forms.Textarea(attrs=NOTE))


class DestroyedForm(GunsForm):
    occurred_on = forms.DateField(label=_("Destroyed on"))
    method = forms.CharField(label=_("Method"), max_length=80, help_text=_("Cut, melted, crushed."))
    witnesses = forms.CharField(label=_("Two witnesses"), max_length=200, help_text=_("By function, with a comma between."))


class CountForm(GunsForm):
    """A blind count: what was read is typed or uploaded before the record is shown."""

    taken_on = forms.DateField(label=_("Counted on"))
    outside = forms.BooleanField(label=_("An outside body counted"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs=NOTE))


class RegisterForm(forms.Form):
    manifest = forms.FileField(
        label=_("List of firearms (CSV)"), help_text=_("Columns make, model, type, calibre, serial; year and country if known.")
    )
    made_on = forms.DateField(label=_("Made and marked on"), initial=clock.today)
    reference = forms.CharField(label=_("Order or batch"), max_length=60, required=False)


class CorrectForm(forms.Form):
    reason = forms.CharField(label=_("What was wrong"), widget=forms.Textarea(attrs=NOTE))


def _offer(form: forms.Form, name: str, parties: QuerySet[Party]) -> None:
    cast(PartyField, form.fields[name]).choose_from(parties)


def _choose(form: forms.Form, name: str, offered: list[tuple[str, Any]]) -> None:
    form.fields[name].choices = offered  # type: ignore[attr-defined]
