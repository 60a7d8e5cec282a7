"""The error model of the installation: learnt from confirmed traces, one logged version after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.refusals import Invalid, Refused
from enduse.tracing import register
from enduse.tracing.models import Confirmation, ErrorVersion
from enduse.tracing.reading import read_recovery

if TYPE_CHECKING:
    from enduse.engines.serials import ErrorModel, Marks

ENOUGH = 20
"""New confirmed traces that a version needs."""
PRIOR = 20.0
"""The default share of guns that the register does not hold counts like so many traces."""


def current() -> ErrorModel:
    """The latest version, the engine's own where none was learnt yet."""
    from enduse.engines import serials

    latest = ErrorVersion.objects.order_by("-pk").first()
    return serials.ErrorModel.from_json(latest.parameters) if latest else serials.ErrorModel()


def learn_errors(*, by: User) -> ErrorVersion:
    """A new version from every recovery's latest confirmation; the search uses it from now on.

    Each version starts from the engine's own model with all traces, so that none counts twice.
    """
    permit(by, "tracing.learn_errors")
    learnt = learn()
    try:
        with transaction.atomic():
            return record(
                ErrorVersion(version=learnt.model.version, parameters=_as_kept(learnt.model), confirmed=learnt.confirmed, not_held=learnt.not_held,
                             until=learnt.until, follows=learnt.follows),
                by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(
            _("Another officer has just learnt from these traces."), _("Nothing is left to do: the search uses the new version."), rule=5
        ) from error


@dataclass(frozen=True)
class Learnt:
    """What the confirmed traces teach, not yet recorded: see `ErrorVersion`."""

    model: ErrorModel
    confirmed: int
    not_held: int
    until: int
    follows: ErrorVersion | None


def learn() -> Learnt:
    """The model that a version learnt now would have. Refused: too few new traces."""
    latest = ErrorVersion.objects.order_by("-pk").first()
    said = list(_latest_confirmations())
    _refuse_too_few(said, latest)
    held = [each for each in said if each.firearm_id or each.watched_id]
    model, learnt_from = _fitted(held)
    not_held = len(said) - len(held)
    share = (not_held + model.not_in_register * PRIOR) / (len(said) + PRIOR)
    version = f"confirmed-{clock.today().isoformat()}-{learnt_from}"
    return Learnt(replace(model, version=version, not_in_register=share), learnt_from, not_held, max(each.pk for each in said), latest)


def new_traces() -> int:
    """Traces confirmed since the last version that name a firearm: what a new one waits for."""
    return _new(list(_latest_confirmations()), ErrorVersion.objects.order_by("-pk").first())


def _latest_confirmations() -> models.QuerySet[Confirmation]:
    last = Confirmation.objects.filter(recovery=models.OuterRef("recovery")).order_by("-pk").values("pk")[:1]
    return Confirmation.objects.filter(pk=models.Subquery(last)).select_related("recovery").order_by("pk")


def _refuse_too_few(said: list[Confirmation], latest: ErrorVersion | None) -> None:
    new = _new(said, latest)
    if new < ENOUGH:
        raise Refused(
            _("%(new)d traces were confirmed since the last version; that is too few to learn from."),
            _("Learn again when %(enough)d traces are confirmed."),
            new=new,
            enough=ENOUGH,
        )


def _new(said: list[Confirmation], latest: ErrorVersion | None) -> int:
    return sum(bool(each.firearm_id or each.watched_id) for each in said if latest is None or each.pk > latest.until)


def _fitted(held: list[Confirmation]) -> tuple[ErrorModel, int]:
    """The engine's model fitted to traces whose firearm is known, and how many of them could be read."""
    from enduse.engines import serials

    index = register.register()
    marks: list[Marks] = []
    rows: dict[int, int] = {}
    for each in held:
        key = each.firearm_id if each.firearm_id else register.key_of_watched(each.watched_id or 0)
        row = index.row_of(key)
        read = _read(each)
        if row is not None and read is not None:
            rows[len(marks)] = row
            marks.append(read)
    start = serials.ErrorModel()
    fitted = serials.fit(index, marks, confirmed=rows, start=start)
    return replace(fitted, not_in_register=start.not_in_register), len(marks)


def _read(confirmation: Confirmation) -> Marks | None:
    """The frame's marks alone: one elsewhere may be another gun's, and would teach errors that nobody made."""
    try:
        marks = read_recovery(confirmation.recovery)
    except Invalid:
        return None
    return None if marks.place else replace(marks, also=())


def _as_kept(model: ErrorModel) -> dict[str, Any]:
    return model.as_json() | {"confusions": [list(each) for each in model.confusions]}
