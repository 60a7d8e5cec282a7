"""How the demonstration decides: two countersigners and a notice where the rules of the day ask for them; a refusal, an approval that waits."""

from __future__ import annotations

from datetime import date, timedelta

from enduse.demo.people import Cast
from enduse.demo.story import at
from enduse.licensing import actions as licensing
from enduse.licensing import states
from enduse.licensing.models import Application, Decision, Licence, Recommendation

NOTICE_DAYS = timedelta(days=30)


def decide(cast: Cast, application: Application, day: date) -> Decision:
    """Countersigned by one, or by two where the rules ask for it."""
    with at(day, 15):
        said = licensing.decide(application, by=cast.users["countersigner"])
    if isinstance(said, Decision):
        return said
    with at(day + timedelta(days=1), 10):
        second = licensing.decide(application, by=cast.users["countersigner2"])
    assert isinstance(second, Decision)
    return second


def issued(cast: Cast, application: Application, day: date) -> Licence:
    """The licence; above a threshold the legislature is told first and its days pass."""
    if Application.objects.get(pk=application.pk).state == states.TO_NOTIFY:
        with at(day + timedelta(days=2), 11):
            licensing.notify(application, letter=f"Transmittal {application.reference}", by=cast.users["officer"])
        with at(day + timedelta(days=2) + NOTICE_DAYS, 11):
            return licensing.issue(application, by=cast.users["officer"])
    return Licence.objects.get(application=application)


def refuse(cast: Cast, application: Application, day: date) -> None:
    """Recommended to be denied, and denied: the applicant may still appeal when the demonstration begins."""
    with at(day, 11):
        licensing.recommend(application, outcome=Recommendation.DENY, reason_codes=["DS", "DH"], by=cast.users["officer"],
                            note="Stations of the end user lost firearms of earlier deliveries and do not count what is left.")
    with at(day + timedelta(days=2), 10):
        licensing.decide(application, by=cast.users["countersigner"], note="Agreed.")
