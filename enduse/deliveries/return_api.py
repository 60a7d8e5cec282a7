"""Returns over the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from enduse.accounts.permissions import must_see, permit
from enduse.custody.asking import Asking
from enduse.deliveries import returning
from enduse.licensing.models import Licence
from enduse.pages import visible_or_404
from enduse.refusals import Invalid, Problem

router = Router(tags=["deliveries"])


class ShippedIn(Schema):
    end_user: int = Field(description="The end user to which it went.")
    line: int = Field(description="Number of the licence line.")
    quantity: int


class ReturnIn(Schema):
    rows: list[ShippedIn] = Field([], description="What was shipped; empty: nothing was.")
    note: str = Field("", description="Of a correction: what was wrong with the earlier one.")


class ReturnOut(Schema):
    licence: str
    number: int
    starts_on: date
    ends_on: date
    due_on: date
    state: str = Field(description="runs, due, overdue, filed, or differs: filed, and not what was shipped here.")
    rows: list[dict[str, Any]]
    differences: list[dict[str, Any]] = Field(description="Where it says otherwise than the register did when it was filed.")
    leaf: int | None = Field(description="Its place in the log; null: not filed.")


def _out(asked: returning.Asked) -> ReturnOut:
    filed, period = asked.filed, asked.period
    return ReturnOut(
        licence=asked.licence.reference, number=period.number, starts_on=period.starts_on, ends_on=period.ends_on, due_on=period.due_on,
        state=asked.state, rows=filed.rows if filed else [], differences=filed.differences if filed else [], leaf=filed.pk if filed else None)


@router.get("/returns", response=list[ReturnOut], operation_id="deliveries.list_returns", summary="The returns that are asked, the latest first")
def list_returns(
    request: Asking, state: Annotated[str, Query(description="runs, due, overdue, filed or differs")] = "",
    licence: Annotated[str, Query(description="Reference of the licence")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100, offset: Annotated[int, Query(ge=0)] = 0,
) -> list[ReturnOut]:
    must_see(request.user, "licence")
    return [_out(each) for each in returning.asked_for(request.user, state=state, search=licence)[offset:offset + limit]]


@router.post("/licences/{reference}/returns/{int:number}", response={201: ReturnOut}, operation_id="deliveries.file_return",
             summary="File the return of a period that is over")
def file_return(request: Asking, reference: str, number: int, body: ReturnIn) -> tuple[int, ReturnOut]:
    permit(request.user, "deliveries.file_return")
    licence: Licence = visible_or_404(Licence.objects.visible_to(request.user), reference=reference)
    named = {party.pk: party for party in licence.end_users()}
    for place, row in enumerate(body.rows, start=1):
        if row.end_user not in named:
            raise Invalid(Problem(_("The licence was not used for this end user."), _("Choose one of its end users."), row=place, field="end_user",
                                  found=str(row.end_user)))
    rows = [returning.Shipped(named[row.end_user], row.line, row.quantity) for row in body.rows]
    returning.file_return(licence, number=number, rows=rows, note=body.note, by=request.user)
    return 201, next(_out(each) for each in returning.asked_of(licence) if each.period.number == number)
