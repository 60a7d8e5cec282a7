"""The row that is kept of each case, and the words that find it. Both follow from the facts and can be made again from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

from enduse.licensing import casefile, states
from enduse.licensing.cases import Case, CaseEvent, CaseWord
from enduse.licensing.models import Application
from enduse.licensing.queries import with_facts
from enduse.licensing.whole import read_whole
from enduse.reference import table

WORD = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
LONGEST, MOST = 40, 400
TO_APPLICANT = frozenset(CaseEvent.TO_APPLICANT)


def keep_case(application: Application) -> None:
    """Bring the row and the words of one application up to date. Call inside the transaction that changed it."""
    fresh = read_whole([Application.objects.get(pk=application.pk)])[0]
    Case.objects.update_or_create(application=fresh, defaults=row_of(fresh))
    keep_words(fresh)


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


def keep_words(application: Application) -> None:
    """The words of a case, each once: those that the applicant sees are not marked internal."""
    wanted = words_of(application)
    known = dict(CaseWord.objects.filter(case_id=application.pk).values_list("word", "internal"))
    changed = [word for word, internal in known.items() if wanted.get(word) != internal]
    if changed:
        CaseWord.objects.filter(case_id=application.pk, word__in=changed).delete()
    CaseWord.objects.bulk_create(
        CaseWord(case_id=application.pk, word=word, internal=internal) for word, internal in wanted.items() if known.get(word) != internal)


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


def words_in(texts: Iterable[str]) -> list[str]:
    """The words of texts as they are searched for: lower case, without accents; a reference whole and in its parts."""
    found: dict[str, None] = {}
    for text in texts:
        for match in WORD.finditer(plain_letters(text)):
            word = match.group()
            for part in {word, *re.split(r"[-/.]", word)}:
                if len(part) > 1:
                    found[part[:LONGEST]] = None
    return list(found)


def plain_letters(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def party_word(pk: int) -> str:
    """What stands for a party among the words, so that a party renamed later is found by its new name."""
    return f"#{pk}"


def rebuild() -> int:
    """Make every row and word again from the facts; how many rows differed."""
    differed = 0
    for application in with_facts(Application.objects.order_by("pk")).iterator(chunk_size=500):
        with transaction.atomic():
            row = row_of(application)
            kept = Case.objects.filter(pk=application.pk).first()
            if kept is None or any(getattr(kept, name) != value for name, value in row.items()):
                Case.objects.update_or_create(application=application, defaults=row)
                differed += 1
            keep_words(application)
    return differed


def keep_missing() -> int:
    """The rows of applications that have none: those of an installation that is older than the rows."""
    missing = list(Application.objects.filter(case=None).order_by("pk"))
    for application in missing:
        with transaction.atomic():
            keep_case(application)
    return len(missing)
