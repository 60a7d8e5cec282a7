"""Lists of cases and the search over them: found by the rows that are kept, so that a hundred thousand answer at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import sees
from enduse.licensing import states, workdays
from enduse.licensing.cases import Case, CaseEvent, CaseText
from enduse.licensing.keeping import party_word
from enduse.parties.models import Party, party_of
from enduse.words import LookedUp, asked_words, looked_up, with_beginnings, words_in

M = TypeVar("M", bound=Model)
MOST_RENAMED = 300
OVERDUE, SOON, STOPPED = "overdue", "soon", "stopped"
SOON_DAYS = 5
ME, NOBODY = "me", "nobody"
SORTS = {"filed": "filed_at", "due": "due_on", "quantity": "quantity", "value": "value_cents", "reference": "pk"}


def cases(
    user: User | None, *, state: str = "", queue: str = "", officer: str = "", due: str = "", flag: str = "", country: str = "", search: str = "",
    sort: str = "", found: LookedUp | None = None,
) -> QuerySet[Case]:
    """The viewer's cases, newest first or as `sort` says (`due`, `-value`, ...).

    `state`: one of `states.NAMES`, or 'open'. `officer`: 'me', 'nobody' or a user name. `due`: 'overdue', 'soon' or 'stopped'.
    What officers mark a case with (queue, officer, flag) narrows the list only for those who see it.
    """
    rows: QuerySet[Case] = Case.objects.visible_to(user)
    if state == "open":
        rows = rows.filter(state__in=states.OPEN)
    elif state in states.NAMES:
        rows = rows.filter(state=state)
    if sees(user, "casework") and user is not None:
        rows = _marked(rows, user, queue, officer, flag)
    rows = _due(rows, due)
    if country.strip():
        rows = rows.filter(country=country.strip().upper())
    if search.strip():
        rows = matching(rows, search, user, found=found)
    return _sorted(rows, sort).select_related("application__end_user", "application__applicant", "officer")


def _marked(rows: QuerySet[Case], user: User, queue: str, officer: str, flag: str) -> QuerySet[Case]:
    if queue:
        rows = rows.filter(queue=queue)
    if officer == ME:
        rows = rows.filter(officer=user)
    elif officer == NOBODY:
        rows = rows.filter(officer=None, state__in=states.OPEN)
    elif officer:
        rows = rows.filter(officer__username=officer)
    return rows.filter(flags__contains=f" {flag} ") if flag else rows


def _due(rows: QuerySet[Case], due: str) -> QuerySet[Case]:
    today = clock.today()
    if due == OVERDUE:
        return rows.filter(due_on__lt=today)
    if due == SOON:
        return rows.filter(due_on__gte=today, due_on__lte=workdays.after_working_days(today, SOON_DAYS))
    if due == STOPPED:
        return rows.filter(questions_open__gt=0, state__in=states.OPEN)
    return rows


def _sorted(rows: QuerySet[Case], sort: str) -> QuerySet[Case]:
    field = SORTS.get(sort.removeprefix("-"))
    if field is None:
        return rows.order_by("-pk")
    if field == "due_on":
        rows = rows.exclude(due_on=None)
    down = sort.startswith("-")
    return rows.order_by(f"{'-' if down else ''}{field}", *([] if field == "pk" else ["-pk" if down else "pk"]))


def matching(rows: QuerySet[M], text: str, user: User | None, *, case: str = "pk", found: LookedUp | None = None) -> QuerySet[M]:
    """The rows in whose case every word of a text begins a word: of what is said in it, or of a party's name.

    `case`: the rows' field that names the application. `found`: what `looked_up_for` gave for this text and this viewer.
    """
    found = found if found is not None else looked_up_for(user, text)
    return found.narrow(rows, case) if found is not None else rows.none()


def looked_up_for(user: User | None, text: str) -> LookedUp | None:
    """Where the words of a search stand; None: it has no word. Words of notes, advice and assessments find a case only for those who
    see them (rule 10).
    """
    asked = asked_words(text)
    if not asked:
        return None
    # What a party was called when its case was last kept stands there; what it is called since leads there by its number.
    renamed = [(pk, with_beginnings(words_in([name]))) for pk, name in Party.objects.exclude(renamed_at=None).order_by("-renamed_at").values_list("pk", "name")[:MOST_RENAMED]]
    wanted = [[word, *(party_word(pk) for pk, named in renamed if any(each.startswith(word) for each in named))] for word in asked]
    return looked_up(CaseText, wanted, unseen=sees(user, "casework"))


def days_until(due_on: date | None) -> int | None:
    """Working days until a day; below zero when it has passed."""
    return workdays.working_days_between(clock.today(), due_on) if due_on is not None else None


def requests_for(user: User | None) -> QuerySet[CaseEvent]:
    """What the user's body was asked for advice on and has not answered, the most pressing first."""
    own = party_of(user)
    if own is None:
        return CaseEvent.objects.none()
    ended = CaseEvent.objects.filter(about=OuterRef("pk"), sort__in=CaseEvent.ENDS)
    return CaseEvent.objects.filter(body=own, sort=CaseEvent.ADVICE_ASKED, application__decision=None, application__withdrawal=None).exclude(
        Exists(ended)).select_related("application__end_user").order_by("due_on", "pk")


def questions_for(user: User | None) -> QuerySet[CaseEvent]:
    """The open questions to the user's own party, the most pressing first."""
    own = party_of(user)
    if own is None:
        return CaseEvent.objects.none()
    ended = CaseEvent.objects.filter(about=OuterRef("pk"), sort__in=CaseEvent.ENDS)
    # Found by the kept rows: else every question that was ever asked would be passed.
    asked = Case.objects.filter(applicant=own, questions_open__gt=0, state__in=states.OPEN)
    return CaseEvent.objects.filter(
        application__in=asked.order_by().values("pk"), sort=CaseEvent.ASKED, application__decision=None, application__withdrawal=None,
    ).exclude(Exists(ended)).select_related("application__end_user").order_by("due_on", "pk")


def csv_rows(rows: QuerySet[Case], *, officer_sees: bool, value_seen: bool) -> Iterator[list[object]]:
    """The lines of an export; columns that the viewer does not see are empty."""
    for row in rows.iterator(chunk_size=2_000):
        application = row.application
        yield [
            application.reference, row.state, application.applicant.name, application.end_user.name, application.country, row.quantity,
            row.filed_at.isoformat() if row.filed_at else "", row.value_cents if value_seen else "",
            row.due_on.isoformat() if row.due_on and officer_sees else "", row.queue if officer_sees else "",
            row.officer.get_username() if row.officer and officer_sees else "", row.flags.strip() if officer_sees else ""]


CSV_HEADER = ["reference", "state", "applicant", "end_user", "country", "quantity", "submitted_at", "value_cents", "due_on", "queue", "officer", "flags"]
