"""The row that is kept of each case, and the words that find it. Both follow from the facts and can be made again from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction

from enduse.ledger.actions import insert_values
from enduse.licensing import casefile, states
from enduse.licensing.cases import Case, CaseEvent, CaseWord
from enduse.licensing.models import Application
from enduse.licensing.whole import read_whole
from enduse.reference import table
from enduse.words import words_in

MOST = 400
AT_ONCE = 200  # cases that are read and kept together where all of them are
TO_APPLICANT = frozenset(CaseEvent.TO_APPLICANT)


def keep_case(application: Application) -> None:
    """Bring the row and the words of one application up to date. Call inside the transaction that changed it."""
    fresh = read_whole([Application.objects.get(pk=application.pk)])[0]
    Case.objects.update_or_create(application=fresh, defaults=row_of(fresh))
    keep_words([fresh])


def row_of(application: Application) -> dict[str, Any]:
    """What the row of a case says."""
    state = application.state
    submission = getattr(application, "submission", None)
    clock = casefile.clock_of(application) if state in states.OPEN else None
    lines = list(application.lines.all())
    flags = sorted(casefile.flags_of(application))
    return {
        "state": state, "queue": casefile.queue_of(application), "officer": casefile.officer_of(application),
        "flags": f" {' '.join(flags)} " if flags else "", "filed_at": submission.recorded_at if submission else None,
        "due_on": clock.due_on if clock else None, "quantity": sum(line.quantity for line in lines),
        "value_cents": sum(line.quantity * line.unit_value_cents for line in lines), "version": casefile.version_of(application),
        "questions_open": len(casefile.open_questions(application)), "advice_open": len(casefile.open_advice(application)),
    }


def keep_words(applications: Sequence[Application]) -> None:
    """The words of cases, each once a case: those that the applicant sees are not marked internal."""
    known = {(case, word): (pk, internal) for pk, case, word, internal in CaseWord.objects.filter(
        case__in=[each.pk for each in applications]).values_list("pk", "case_id", "word", "internal")}
    wanted = {(each.pk, word): internal for each in applications for word, internal in words_of(each).items()}
    changed = [pk for place, (pk, internal) in known.items() if wanted.get(place) != internal]
    if changed:
        CaseWord.objects.filter(pk__in=changed).delete()
    insert_values(CaseWord, ("case_id", "word", "internal"), [
        (case, word, internal) for (case, word), internal in wanted.items() if (case, word) not in known or known[case, word][1] != internal])


def words_of(application: Application) -> dict[str, bool]:
    """{word: whether it stands only in what the applicant does not see}."""
    found = dict.fromkeys(words_in(_internal(application)), True)
    found.update(dict.fromkeys(words_in(_open(application)), False))
    found.update(dict.fromkeys((party_word(party.pk) for _role, party in application.parties()), False))
    return dict(list(found.items())[-MOST:])


def _open(application: Application) -> Iterator[str]:
    yield from (application.reference, application.purpose, application.country)
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
    """What stands for a party among the words, so that a party renamed later is found by its new name."""
    return f"#{pk}"


def rebuild() -> int:
    """Make every row and word again from the facts; how many rows differed."""
    return _kept_again(list(Application.objects.order_by("pk").values_list("pk", flat=True)))


def keep_missing() -> int:
    """The rows of applications that have none: those of an installation that is older than the rows."""
    return _kept_again(list(Application.objects.filter(case=None).order_by("pk").values_list("pk", flat=True)))


def _kept_again(keys: Sequence[int]) -> int:
    differed = 0
    for first in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            applications = read_whole(list(Application.objects.filter(pk__in=keys[first:first + AT_ONCE]).order_by("pk")))
            differed += _keep_rows(applications)
            keep_words(applications)
    return differed


def _keep_rows(applications: Sequence[Application]) -> int:
    rows = {each.pk: row_of(each) for each in applications}
    kept = Case.objects.in_bulk(list(rows))
    Case.objects.bulk_create(Case(application_id=pk, **row) for pk, row in rows.items() if pk not in kept)
    changed = [pk for pk, case in kept.items() if any(getattr(case, name) != value for name, value in rows[pk].items())]
    for pk in changed:
        Case.objects.filter(pk=pk).update(**rows[pk])
    return len(rows) - len(kept) + len(changed)
