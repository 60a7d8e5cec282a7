"""Endpoints of open licences: the first use for an end user, its undertakings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from enduse.accounts.permissions import must_see, permit
from enduse.certificates.actions import CertificateWords
from enduse.licensing import actions, queries
from enduse.licensing.models import Licence, Undertaking
from enduse.licensing.open_pages import may_be_used_for, undertakings_of
from enduse.pages import visible_or_404
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem

router = Router(tags=["licensing"])


class FirstUseIn(Schema):
    end_user: int = Field(description="The end user for which the licence is used from now on.")
    records_at: str = Field(description="The address at which the records of these shipments can be inspected.")


class FirstUseOut(Schema):
    id: int = Field(alias="pk")
    end_user: int = Field(alias="end_user_id")
    end_user_name: str
    records_at: str

    @staticmethod
    def resolve_end_user_name(first: Any) -> str:
        return first.end_user.name


class UndertakingIn(Schema):
    end_user: int = Field(description="The end user that signed it.")
    number: str
    issuer: str
    signatory: str = Field(description="Name and office.")
    issued_on: date
    expires_on: date
    single_use: bool = Field(True, description="False: it carries several consignments, up to its quantity.")
    quantity: int | None = Field(None, description="How many firearms it covers, as it states.")
    no_reexport: bool = Field(True, description="It assures that nothing is re-exported.")
    consents_to_checks: bool = Field(True, description="It accepts checks on site.")
    verifies_delivery: bool = Field(True, description="It promises proof of delivery.")
    barred_regions: list[str] = Field([], description="Regions that it bars.")
    barred_bodies: list[str] = Field([], description="Bodies that it bars, by their names.")
    file_sha256: str = Field("", description="SHA-256 of its file.")


class UndertakingOut(Schema):
    id: int = Field(alias="pk")
    end_user: int = Field(alias="end_user_id")
    certificate: int = Field(alias="certificate_id")
    number: str
    state: str = Field(description="received, checked, confirmed, used, expired, recalled, disputed or forged.")
    consignments: list[str] = Field(description="Those that were declared on it.")

    @staticmethod
    def resolve_number(each: Undertaking) -> str:
        return each.certificate.number

    @staticmethod
    def resolve_consignments(each: Undertaking) -> list[str]:
        return each.consignments()


def _licence(user: Any, reference: str) -> Licence:
    return visible_or_404(queries.licences(user), reference=reference)


def _end_user(licence: Licence, pk: int) -> Party:
    found = may_be_used_for(licence).filter(pk=pk).first()
    if found is None:
        raise Invalid(Problem(_("The licence neither names this end user nor lists its country."), _("Choose one that it names, or one in its countries."),
                              field="end_user", found=str(pk)))
    return found


@router.post("/licences/{reference}/first-uses", response=FirstUseOut, operation_id="licensing.register_first_use")
def register_first_use(request: HttpRequest, reference: str, body: FirstUseIn) -> Any:
    """Register that an open licence is used for an end user from now on; nothing is declared for it before."""
    permit(request.user, "licensing.register_first_use")
    licence = _licence(request.user, reference)
    return actions.register_first_use(licence, end_user=_end_user(licence, body.end_user), records_at=body.records_at, by=request.user)


@router.get("/licences/{reference}/first-uses", response=list[FirstUseOut], operation_id="licensing.list_first_uses")
def list_first_uses(request: HttpRequest, reference: str) -> Any:
    """The end users for which a licence is used."""
    must_see(request.user, "licence")
    return list(_licence(request.user, reference).first_uses.select_related("end_user").order_by("pk"))


@router.post("/licences/{reference}/undertakings", response=UndertakingOut, operation_id="licensing.file_undertaking")
def file_undertaking(request: HttpRequest, reference: str, body: UndertakingIn) -> Any:
    """File the certificate of an end user for one consignment, or for a quantity over several, under an open licence."""
    permit(request.user, "licensing.file_undertaking")
    licence = _licence(request.user, reference)
    end_user = _end_user(licence, body.end_user)
    words = CertificateWords(**body.dict(exclude={"end_user"}), end_user=end_user.name, country=end_user.country)
    return actions.file_undertaking(licence, end_user=end_user, words=words, by=request.user)


@router.get("/licences/{reference}/undertakings", response=list[UndertakingOut], operation_id="licensing.list_undertakings")
def list_undertakings(request: HttpRequest, reference: str) -> Any:
    """The undertakings under a licence, the latest first, and where each stands."""
    must_see(request.user, "licence")
    return list(undertakings_of(_licence(request.user, reference)))
