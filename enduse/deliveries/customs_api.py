"""Endpoints of customs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from enduse.accounts.access import Asking
from enduse.accounts.permissions import permit
from enduse.deliveries import customs

router = Router(tags=["deliveries"])


class BorderLine(Schema):
    number: int
    text: str
    permitted: int
    left: int = Field(description="Not declared yet.")


class Waiting(Schema):
    reference: str
    seller: str
    consignee: str
    quantity: int


class MayPassOut(Schema):
    reference: str
    state: str
    end_user: str
    country: str
    issued_on: date
    expires_on: date
    lines: list[BorderLine]
    waiting: list[Waiting] = Field(description="Consignments declared and not shipped yet.")


class CustomsReportOut(Schema):
    id: int = Field(alias="pk")
    office: str
    sha256: str
    rows: int

    @staticmethod
    def resolve_rows(report: Any) -> int:
        return report.rows.count()


class DifferenceOut(Schema):
    licence: str
    line: int
    what: str
    permitted: int
    shipped: int
    passed: int
    more_passed: int


@router.get("/border", response=MayPassOut, operation_id="deliveries.check_at_border", summary="What may pass under a licence")
def check_at_border(request: Asking, reference: str, code: Annotated[str, Query(description="The eight characters on the paper.")]) -> Any:
    """For customs: the licence's state, what is left of each line, and the consignments that were declared."""
    permit(request.user, "deliveries.check_at_border")
    found = customs.may_pass(reference, code, by=request.user)
    licence = found.licence
    return {"reference": licence.reference, "state": found.state, "end_user": licence.application.end_user.name,
            "country": licence.application.country, "issued_on": licence.issued_on, "expires_on": licence.expires_on, "lines": found.lines,
            "waiting": found.waiting}


@router.post("/customs-reports", response=CustomsReportOut, operation_id="deliveries.report_exports", summary="Report what passed")
def report_exports(
    request: Asking, file: Annotated[UploadedFile, File(description="CSV of licence, line, quantity, exported_on, declaration.")],
    office: Annotated[str, Form(description="The customs office.")],
) -> Any:
    """A file of a customs office, whole or not at all; what differs from what was shipped raises an alert."""
    permit(request.user, "deliveries.report_exports")
    return customs.report_exports(file, office=office, by=request.user)


@router.get("/customs-differences", response=list[DifferenceOut], operation_id="deliveries.list_differences", summary="Customs against shipped")
def list_differences(request: Asking) -> Any:
    """Licence lines of which customs reported, where what passed is not what was shipped here."""
    permit(request.user, "deliveries.read_differences")
    return customs.differences(by=request.user)
