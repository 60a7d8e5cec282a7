"""Reads of the denials that other states notified: whether one counts, until when, and which open applications it touches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.licensing import dated, states
from enduse.licensing.consultations import DenialConsultation
from enduse.licensing.denials import NotifiedDenial
from enduse.licensing.models import Application
from enduse.licensing.open_licences import applications_reaching, in_country
from enduse.licensing.queries import with_facts
from enduse.measures.actions import months_before


def denials(search: str = "") -> QuerySet[NotifiedDenial]:
    """The denials, the latest first. `search`: in their number, with or without their state before it, or their end user's name."""
    rows, text = NotifiedDenial.objects.select_related("end_user", "ended__recorded_by", "recorded_by"), search.strip()
    if not text:
        return rows
    state, _space, number = text.partition(" ")
    return rows.filter(Q(number__icontains=text) | Q(end_user__name__icontains=text) | Q(state__iexact=state, number__icontains=number.strip()))


def counts(denial: NotifiedDenial) -> bool:
    """Whether a denial counts today."""
    months = dated.denials_count_for(clock.today())
    return months is not None and getattr(denial, "ended", None) is None and denial.denied_on > months_before(clock.today(), months)


def counts_until(denial: NotifiedDenial) -> date | None:
    """The last day on which it counts by the rule of today, unless its state takes it back. None: no rule of today says."""
    months = dated.denials_count_for(clock.today())
    if months is None:
        return None
    day = months_before(denial.denied_on, -months)
    return day if months_before(day, months) < denial.denied_on else day - timedelta(days=1)


def lines_in_words(denial: NotifiedDenial) -> list[str]:
    return [f"{reference.text_of('firearm_types', line['firearm_type'])}, {reference.text_of('calibres', line['calibre'])}" for line in denial.lines]


@dataclass(frozen=True)
class Touched:
    """An open application that a denial touches, and whether its state was consulted about it."""

    application: Application
    is_consulted: bool

    @property
    def reference(self) -> str:
        return self.application.reference

    @property
    def state(self) -> str:
        return self.application.state

    @property
    def state_name(self) -> str:
        return str(states.NAMES[self.state])

    @property
    def state_tone(self) -> str:
        return states.TONES[self.state]


def touched_by(user: User | None, denial: NotifiedDenial) -> list[Touched]:
    """The open applications for an essentially identical transaction that the viewer sees, the newest first; none where it counts no more."""
    if not counts(denial):
        return []
    same = Q(*[Q(lines__firearm_type=line["firearm_type"], lines__calibre=line["calibre"]) for line in denial.lines], _connector=Q.OR)
    reached = Application.objects.visible_to(user).filter(same, in_country(denial.country), pk__in=applications_reaching(denial.end_user.end_user))
    keys = states.open_only(reached).order_by().values_list("pk", flat=True).distinct()
    consulted = set(consultations_on(user, denial).values_list("application_id", flat=True))
    return [Touched(each, each.pk in consulted) for each in with_facts(Application.objects.filter(pk__in=list(keys))).order_by("-pk")]


def consultations(user: User | None) -> QuerySet[DenialConsultation]:
    """The consultations on the applications that a viewer sees, with what the state was told."""
    return DenialConsultation.objects.filter(application__in=Application.objects.visible_to(user)).select_related(
        "application__end_user", "denial", "explained", "recorded_by")


def consultations_on(user: User | None, denial: NotifiedDenial) -> QuerySet[DenialConsultation]:
    """What its state was asked about applications that the viewer sees, and answered, the latest first."""
    return consultations(user).filter(denial=denial).order_by("-pk")
