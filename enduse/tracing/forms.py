"""What is typed in tracing: marks, recoveries, answers, seizures, operations."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.parties.choosing import STATE_BODIES, PartyField
from enduse.parties.models import Party
from enduse.reference import choices, table
from enduse.tracing.actions import BROAD_TYPES
from enduse.tracing.models import Operation
from enduse.tracing.queries import STATES
from enduse.tracing.reading import ATTRIBUTES, FIELDS, doubtful_in, others_in

BROAD_NAMES = {
    "rifle": _("Some rifle"), "carbine": _("Some carbine"), "pistol": _("Some pistol"), "shotgun": _("Some shotgun"),
    "machine gun": _("Some machine gun"),
}  # fmt: skip
MARKS_HELP = _("? for one unreadable character, * for an unreadable run, [5S] for either of two. A single * when the serial was removed.")
AS_READ = {"autocomplete": "off", "spellcheck": "false"}
MARKS_INPUT = partial(forms.TextInput, attrs=AS_READ | {"class": "marks-elsewhere", "autocapitalize": "characters"})


def type_choices() -> list[tuple[str, Any]]:
    return [("", _("Not known")), *[(broad, BROAD_NAMES[broad]) for broad in BROAD_TYPES], *choices("firearm_types")]


class MarksForm(forms.Form):
    """Marks as read and what else is known of the gun."""

    marks = forms.CharField(label=_("Marks as read"), max_length=80, help_text=MARKS_HELP,
                            widget=forms.TextInput(attrs=AS_READ | {"class": "marks-field", "autocapitalize": "characters"}))  # fmt: skip
    make = forms.CharField(label=_("Make"), max_length=60, required=False, widget=forms.TextInput(attrs=AS_READ))
    model = forms.CharField(label=_("Model"), max_length=60, required=False, widget=forms.TextInput(attrs=AS_READ))
    firearm_type = forms.ChoiceField(label=_("Type"), choices=type_choices, required=False)
    calibre = forms.CharField(label=_("Calibre"), max_length=40, required=False, widget=forms.TextInput(attrs=AS_READ))
    year = forms.IntegerField(label=_("Year"), min_value=1800, max_value=2200, required=False)
    doubtful = forms.MultipleChoiceField(label=_("Read with doubt"), required=False, choices=[(name, words) for name, words in ATTRIBUTES.items()],
                                         widget=forms.CheckboxSelectMultiple, help_text=_("What is doubtful counts for less. Leave empty what is not known."))  # fmt: skip
    slide_marks = forms.CharField(label=_("On the slide"), max_length=200, required=False, widget=MARKS_INPUT())
    barrel_marks = forms.CharField(label=_("On the barrel"), max_length=200, required=False, widget=MARKS_INPUT())
    importer_marks = forms.CharField(label=_("Importer's mark"), max_length=200, required=False, widget=MARKS_INPUT())
    other_marks = forms.CharField(label=_("In another place"), max_length=200, required=False, widget=MARKS_INPUT())

    def gun_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("make", "model", "firearm_type", "calibre", "year")]

    def elsewhere_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in FIELDS]

    @property
    def elsewhere_told(self) -> bool:
        """Whether a mark elsewhere than on the frame, or something wrong with one, is there to be seen."""
        return any(self[name].value() or self[name].errors for name in FIELDS)

    def told(self) -> dict[str, Any]:
        """What an action or a search takes of a valid form."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in FIELDS}
        return said | {"other_marks": others_in(self.cleaned_data), "doubtful": doubtful_in(said["doubtful"])}


class RecoveryForm(MarksForm):
    """A firearm seized or found."""

    recovered_on = forms.DateField(label=_("Seized or found on"))
    recovered_until = forms.DateField(label=_("…or at the latest on"), required=False, help_text=_("Only where the day is not known exactly."))
    place = forms.CharField(label=_("Place"), max_length=200)
    region = forms.CharField(label=_("State or region"), max_length=80, required=False)
    country = forms.CharField(label=_("Country"), max_length=2, initial="MX", help_text=_("Two letters."))
    agency = PartyField(label=_("Agency"), among=STATE_BODIES)
    case_reference = forms.CharField(label=_("Case reference"), max_length=60)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False,
                           help_text=_("Changes to it, how it was found. No names."))  # fmt: skip

    field_order = ("marks", "make", "model", "firearm_type", "calibre", "year", "doubtful", *FIELDS, "recovered_on", "recovered_until", "place", "region", "country",
                   "agency", "case_reference", "note")  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PartyField, self.fields["agency"]).choose_from(agencies(user))

    def case_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("recovered_on", "recovered_until", "place", "region", "country", "agency", "case_reference")]


class RecoveriesFileForm(forms.Form):
    recoveries = forms.FileField(label=_("File of recoveries (CSV)"))


class ConfirmForm(forms.Form):
    note = forms.CharField(label=_("What shows it"), widget=forms.Textarea(attrs={"rows": 3}), required=False,
                           help_text=_("Needed when an earlier confirmation is corrected or a second officer is asked."))  # fmt: skip


class ProposeForm(forms.Form):
    note = forms.CharField(label=_("What shows that it is this one"), widget=forms.Textarea(attrs={"rows": 3}),
                           help_text=_("A second reading, a photograph, a document: the second officer reads this."))  # fmt: skip


class AnswerForm(forms.Form):
    result_code = forms.ChoiceField(label=_("Result"), choices=list)
    answered_by = forms.CharField(label=_("Answered by"), max_length=200, help_text=_("The maker, the dealer or the state."))
    answered_on = forms.DateField(label=_("Answered on"))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [(code, entry.text) for code, entry in table("trace_result_codes").items() if entry.more["said_by"] != "confirmation"]
        self.fields["result_code"].choices = [("", ""), *codes]  # type: ignore[attr-defined]


class SeizuresForm(forms.Form):
    agency = PartyField(label=_("Agency"), among=STATE_BODIES)
    month = forms.DateField(label=_("Month"), help_text=_("Any day of it."))
    seized = forms.IntegerField(label=_("Firearms seized"), min_value=0, help_text=_("All of them, traced or not."))
    submitted = forms.IntegerField(label=_("Of those, submitted for tracing"), min_value=0)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PartyField, self.fields["agency"]).choose_from(agencies(user))


class OperationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200, help_text=_("The order or law that allows it, and what it allows."))
    approved_by = forms.CharField(label=_("Supervisor who approved it"), max_length=120, help_text=_("Outside your unit, by function. Not you."))
    prosecutor = forms.CharField(label=_("Prosecutor who approved it"), max_length=120, help_text=_("By function. A third person."))
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"), help_text=_("After it nothing more is put under watch."))
    limit = forms.IntegerField(label=_("Limit of firearms"), min_value=1, help_text=_("A hard limit: at it, nothing more is put under watch."))
    subjects = forms.CharField(label=_("Subjects"), widget=forms.Textarea(attrs={"rows": 3}),
                               help_text=_("Case references, one a line. Never names."))  # fmt: skip

    def clean_subjects(self) -> list[str]:
        return [line.strip()[:60] for line in self.cleaned_data["subjects"].splitlines() if line.strip()]


class WatchForm(forms.Form):
    guns = forms.FileField(label=_("Firearms (CSV)"), help_text=_("Columns: make, model, type, calibre, serial."))
    watched_on = forms.DateField(label=_("Put under watch on"))
    subject = forms.ChoiceField(label=_("Subject"), choices=list)

    def __init__(self, *args: Any, operation: Operation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [(subject, subject) for subject in operation.subjects]  # type: ignore[attr-defined]


class RecoveriesFilter(forms.Form):
    """The filters of the list of recoveries."""

    words = forms.CharField(label=_("Words"), required=False)
    state = forms.ChoiceField(label=_("Result"), required=False, choices=[("", _("All")), *[(code, named[0]) for code, named in STATES.items()]])
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)


def agencies(user: User) -> Any:
    """The bodies that may seize: the public bodies at the top of a tree that the user sees."""
    return Party.objects.visible_to(user).filter(parent=None).exclude(kind__in=[Party.PERSON, Party.COMPANY])
