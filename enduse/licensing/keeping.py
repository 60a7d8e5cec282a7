"""The row that is kept of each case, and the words that find it. Both follow from the facts and can be made again from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet, Sum

from enduse import kept
from enduse.licensing import casefile, states
from enduse.licensing.cases import Case, CaseEvent, CaseText
from enduse.licensing.models import Application, Licence, LicenceStanding, LicenceUse
from enduse.licensing.whole import read_whole
from enduse.reference import table
from enduse.words import with_beginnings, words_in

MOST = 400
AT_ONCE = 200  # cases that are read and kept together where all of them are
TO_APPLICANT = frozenset(CaseEvent.TO_APPLICANT)


def keep_case(application: Application) -> None:
    """Bring the row and the words of one application up to date. Call inside the transaction that changed it."""
    _keep([application.pk])


def row_of(application: Application) -> dict[str, Any]:
    """What the row of a case says."""
    state = application.state
    submission = getattr(application, "submission", None)
    clock = casefile.clock_of(application) if state in states.OPEN else None
    lines = list(application.lines.all())
    flags = sorted(casefile.flags_of(application))
    return {
        "applicant_id": application.applicant_id, "country": application.country,
        "state": state, "queue": casefile.queue_of(application), "officer": casefile.officer_of(application),
        "flags": f" {' '.join(flags)} " if flags else "", "filed_at": submission.recorded_at if submission else None,
        "due_on": clock.due_on if clock else None, "quantity": sum(line.quantity for line in lines),
        "value_cents": sum(line.quantity * line.unit_value_cents for line in lines), "version": casefile.version_of(application),
        "questions_open": len(casefile.open_questions(application)), "advice_open": len(casefile.open_advice(application)),
    }


def text_of(application: Application) -> dict[str, str]:
    """The words that find a case: those that stand in what the applicant sees, and those that stand only in what it does not see."""
    numbers = dict.fromkeys(party_word(party.pk) for _role, party in application.parties())
    seen = dict.fromkeys(with_beginnings(words_in(_open(application))[-MOST:]))
    unseen = [word for word in with_beginnings(words_in(_internal(application))[-MOST:]) if word not in seen]
    return {"seen": " ".join([*seen, *numbers]), "unseen": " ".join(unseen)}


def _open(application: Application) -> Iterator[str]:
    yield from (application.reference, application.purpose, application.country)
    yield from (party.name for _role, party in application.parties())
    certificate = getattr(application, "certificate", None)
    if certificate is not None:
        yield from (certificate.number, certificate.issuer)
    for line in application.lines.all():
        yield from (line.model, *_both("makes", line.make), *_both("calibres", line.calibre), *_both("firearm_types", line.firearm_type))
    for event in application.case_events.all():
        if event.sort in TO_APPLICANT:
            yield event.text
    licence = getattr(application, "licence", None)
    if licence is not None:
        yield licence.reference


def _both(name: str, code: str) -> tuple[str, str]:
    entry = table(name).get(code)
    return (entry.text_en, entry.text_es) if entry else (code, "")


def _internal(application: Application) -> Iterator[str]:
    for event in application.case_events.all():
        if event.sort not in TO_APPLICANT:
            yield event.text
    for hold in application.holds.all():
        yield from (hold.because, hold.source)
    yield from (assessment.summary for assessment in application.assessments.all())
    yield from (recommendation.note for recommendation in application.recommendations.all())


def party_word(pk: int) -> str:
    """What stands for a party among the words, so that the cases of one that was renamed since are found by its new name."""
    return f"#{pk}"


def keep_standing(licence: int) -> None:
    """Bring the row of one licence up to date. Call inside the transaction that changed it, under the licence's lock."""
    _keep_standings([licence])


def rebuild() -> int:
    """Make every row and word again from the facts; how many rows differed."""
    return _kept_again(Application.objects.all(), Licence.objects.all())


def keep_missing() -> int:
    """The rows and words of applications and licences that have none: those of an installation that is older than the rows."""
    return _kept_again(Application.objects.filter(Q(case=None) | Q(case__text=None)), Licence.objects.filter(kept=None))


def _kept_again(applications: QuerySet[Application], licences: QuerySet[Licence]) -> int:
    of_cases, of_licences = (list(rows.order_by("pk").values_list("pk", flat=True)) for rows in (applications, licences))
    return kept.in_parts(of_cases, AT_ONCE, _keep) + kept.in_parts(of_licences, AT_ONCE, _keep_standings)


def _keep_standings(keys: Sequence[int]) -> int:
    taken = dict(LicenceUse.objects.filter(line__licence__in=keys).order_by().values_list("line__licence").annotate(n=Sum("quantity")))
    rows = {each.pk: standing_of(each, taken.get(each.pk, 0))
            for each in Licence.objects.filter(pk__in=keys).select_related("application").prefetch_related("lines", "changes")}
    return kept.write(LicenceStanding, rows)


def standing_of(licence: Licence, taken: int) -> dict[str, Any]:
    """What the row of a licence says."""
    application, permitted = licence.application, licence.quantity()
    last = max(licence.changes.all(), key=lambda change: change.pk, default=None)
    going = Licence.EXHAUSTED if taken >= permitted else Licence.ACTIVE
    return {"application_id": application.pk, "applicant_id": application.applicant_id, "seller_id": application.seller_id,
            "end_user_id": application.end_user_id, "expires_on": licence.expires_on, "permitted": permitted, "taken": taken, "state": going if last is None or last.change == last.REINSTATED else last.change}


def _keep(keys: Sequence[int]) -> int:
    applications = read_whole(list(Application.objects.filter(pk__in=keys).order_by("pk")))
    differed = kept.write(Case, {each.pk: row_of(each) for each in applications})
    kept.write(CaseText, {each.pk: text_of(each) for each in applications})
    return differed
