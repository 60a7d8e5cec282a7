"""Forms of casework. What they take is checked again by the actions; here are labels, choices and hints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse import reference
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, sees
from enduse.licensing import caselists, states
from enduse.licensing.advice import adviser_bodies
from enduse.licensing.cases import CaseEvent
from enduse.licensing.forms import ApplicationForm
from enduse.licensing.models import Application
from enduse.parties.choosing import STATE_BODIES, PartyField
from enduse.parties.models import Party


def officers() -> Any:
    return User.objects.filter(role=Role.LICENSING_OFFICER.value, is_active=True).order_by("username")


class CasesFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    officer = forms.ChoiceField(label=_("Officer"), required=False)
    queue = forms.ChoiceField(label=_("Queue"), required=False)
    due = forms.ChoiceField(label=_("Due"), required=False, choices=[
        ("", _("any")), (caselists.OVERDUE, _("overdue")), (caselists.SOON, _("within 5 working days")), (caselists.STOPPED, _("clock stopped"))])
    flag = forms.ChoiceField(label=_("Flag"), required=False)
    search = forms.CharField(label=_("Reference, party, purpose, any word"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("any")), ("open", _("open")), *states.NAMES.items()]
        if not sees(user, "casework"):
            for name in ("officer", "queue", "flag", "due"):
                del self.fields[name]
            return
        self.fields["officer"].choices = [
            ("", _("any")), (caselists.ME, _("me")), (caselists.NOBODY, _("nobody")), *((each.username, str(each)) for each in officers())]
        self.fields["queue"].choices = [("", _("any")), *reference.choices("queues")]
        self.fields["flag"].choices = [("", _("any")), *reference.choices("case_flags")]


class AskForm(forms.Form):
    text = forms.CharField(label=_("Question"), widget=forms.Textarea, help_text=_("The applicant reads it as you write it. The clock stops until it is answered."))
    days = forms.IntegerField(label=_("Working days to answer"), min_value=1)


class AnswerQuestionForm(forms.Form):
    text = forms.CharField(label=_("Answer"), widget=forms.Textarea)
    file1 = forms.FileField(label=_("Document"), required=False)
    file2 = forms.FileField(label=_("Another document"), required=False)
    file3 = forms.FileField(label=_("A third document"), required=False)

    def uploads(self) -> list[tuple[Any, str]]:
        return [(file, file.name) for name in ("file1", "file2", "file3") if (file := self.cleaned_data[name]) is not None]


class AssignForm(forms.Form):
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers()


class MoveForm(forms.Form):
    queue = forms.ChoiceField(label=_("Queue"))
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["queue"].choices = reference.choices("queues")


class FlagForm(forms.Form):
    code = forms.ChoiceField(label=_("Flag"))
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea)

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [(code, reference.text_of("case_flags", code)) for code in codes]


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), widget=forms.Textarea, help_text=_("For colleagues. The applicant and other bodies never see it."))


class AskAdviceForm(forms.Form):
    body = PartyField(label=_("Body"), among=STATE_BODIES, help_text=_("Bodies that have an adviser here."))
    text = forms.CharField(label=_("What should it look at?"), widget=forms.Textarea)
    days = forms.IntegerField(label=_("Working days to answer"), min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Once each, however many advisers a body has.
        self.fields["body"].choose_from(Party.objects.filter(pk__in=adviser_bodies().order_by().values("pk")))


class AdviseForm(forms.Form):
    position = forms.ChoiceField(label=_("Advice"), choices=CaseEvent.POSITIONS, widget=forms.RadioSelect)
    text = forms.CharField(label=_("Reasons, or the proviso"), widget=forms.Textarea, required=False)


class AmendForm(ApplicationForm):
    """The application as it stands, with why it is amended; `version`: the one that was read."""

    why = forms.CharField(label=_("What do you change, and why?"), widget=forms.Textarea)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def main_fields(self) -> Any:
        yield self["why"], ""
        yield from super().main_fields()

    def certificate_fields(self) -> Any:
        return (self[name] for name in self.fields if name not in {"why", "version", *self.MAIN})


class RuleForm(forms.Form):
    """One routing rule. A row without a name is left out."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    country = forms.CharField(label=_("Destinations"), required=False, help_text=_("Two letters each, separated by commas."))
    firearm_type = forms.MultipleChoiceField(label=_("Types of firearm"), required=False)
    end_user_kind = forms.MultipleChoiceField(label=_("Kinds of end user"), required=False, choices=Party.KINDS)
    capacity = forms.MultipleChoiceField(label=_("Capacity of the applicant"), required=False, choices=Application.CAPACITIES)
    automatic = forms.ChoiceField(label=_("Automatic"), required=False, choices=[("", _("any")), ("yes", _("yes")), ("no", _("no"))])
    value_over = forms.IntegerField(label=_("Value above (USD)"), required=False, min_value=0)
    quantity_over = forms.IntegerField(label=_("More firearms than"), required=False, min_value=0)
    warning_flag = forms.CharField(label=_("Warning flags"), required=False, help_text=_("Codes such as W09, separated by commas; any of them raised."))
    queue = forms.ChoiceField(label=_("Then queue"), required=False)
    flags = forms.MultipleChoiceField(label=_("Then flags"), required=False)

    CONDITIONS = ("country", "firearm_type", "end_user_kind", "capacity", "automatic", "value_over", "quantity_over", "warning_flag")
    RESULTS = ("queue", "flags")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firearm_type"].choices = reference.choices("firearm_types")
        self.fields["queue"].choices = [("", _("none")), *reference.choices("queues")]
        self.fields["flags"].choices = reference.choices("case_flags")

    def conditions(self) -> list[Any]:
        return [self[name] for name in self.CONDITIONS]

    def results(self) -> list[Any]:
        return [self[name] for name in self.RESULTS]

    def rule(self) -> dict[str, Any] | None:
        """The row in the words of the action; None when it is empty."""
        given = self.cleaned_data
        if not given.get("name"):
            return None
        return {
            "name": given["name"], "queue": given["queue"], "flags": given["flags"],
            "conditions": {
                "country": _codes(given["country"]), "firearm_type": given["firearm_type"], "end_user_kind": given["end_user_kind"],
                "capacity": given["capacity"], "automatic": {"yes": True, "no": False}.get(given["automatic"]),
                "value_over_cents": given["value_over"] * 100 if given["value_over"] is not None else None,
                "quantity_over": given["quantity_over"], "warning_flag": _codes(given["warning_flag"])}}

    @staticmethod
    def initial_of(rule: dict[str, Any]) -> dict[str, Any]:
        told = rule["conditions"]
        automatic = told.get("automatic")
        return {
            "name": rule["name"], "queue": rule["queue"], "flags": rule["flags"], "country": ", ".join(told.get("country", [])),
            "firearm_type": told.get("firearm_type", []), "end_user_kind": told.get("end_user_kind", []), "capacity": told.get("capacity", []),
            "automatic": "" if automatic is None else "yes" if automatic else "no",
            "value_over": told["value_over_cents"] // 100 if "value_over_cents" in told else None, "quantity_over": told.get("quantity_over"),
            "warning_flag": ", ".join(told.get("warning_flag", []))}


def _codes(text: str) -> list[str]:
    return [code.strip().upper() for code in text.split(",") if code.strip()]


RuleForms = forms.formset_factory(RuleForm, extra=2, max_num=60)


class SaveRulesForm(forms.Form):
    reason = forms.CharField(label=_("Why the rules change"), required=False, widget=forms.Textarea)
    read = forms.IntegerField(required=False, widget=forms.HiddenInput)
