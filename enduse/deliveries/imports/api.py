"""Endpoints of notified imports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from enduse.accounts.access import Asking
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import must_see, permit
from enduse.custody.schemas import SerialIn, reads_of
from enduse.deliveries.imports import actions, queries
from enduse.deliveries.imports.comparing import Comparison
from enduse.deliveries.imports.models import ImportNotification
from enduse.documents.queries import documents
from enduse.pages import part_of, visible_or_404
from enduse.parties.models import Party

router = Router(tags=["deliveries"])


class ImportGoods(Schema):
    firearm_type: str = Field(description="A code of the list of types.")
    calibre: str = Field(description="A code of the list of calibres.")
    quantity: int


class ImportIn(Schema):
    sort: str = Field(description="intended or received.")
    on: date = Field(description="When it was received, or is expected.")
    country_of_export: str = Field(description="ISO 3166 code, two letters.")
    exporter: str = Field(description="As it stands on the papers.")
    goods: list[ImportGoods]
    use: str = Field(description="Who will use them and for what.")
    licensed_here: bool = Field(description="Whether this authority licensed the export.")
    licence_reference: str = Field("", description="Of the export licence; of one of this authority's it is needed.")
    serials: list[SerialIn] = Field([], description="Where they are known: no more than the quantities.")


class ImportOnPaper(ImportIn):
    importer: int = Field(description="The importing authority: a body of a state.")
    received_from: str = Field(description="Who sent it: the office, its letter's number and day.")
    paper: int | None = Field(None, description="The document that was attached of it.")


class ImportWithdrawIn(Schema):
    reason: str = Field(description="Why it is taken back.")


class ImportFinding(Schema):
    code: str = Field(description="no_licence, other_end_user, not_in_force, unknown_exporter, other_goods, quantity, serials or registered.")
    words: str


class ImportGoodsCompared(Schema):
    what: str
    notified: int
    notified_in_all: int = Field(description="Of this licence, up to and with this notification.")
    permitted: int | None = Field(description="Null: nothing to compare with.")
    shipped: int | None


class ImportOut(Schema):
    reference: str
    importer: int
    importer_name: str
    sort: str
    on: date
    country_of_export: str
    exporter: str
    licensed_here: bool
    licence_reference: str
    goods: list[ImportGoods]
    use: str
    quantity: int
    serials: int = Field(description="How many serials came with it.")
    notified_at: datetime
    withdrawn_at: datetime | None
    withdrawn_because: str
    received_from: str = Field(description="Of one recorded from paper: who sent it. Empty: the state notified it here itself.")
    paper: int | None = Field(description="Its document.")
    outcome: str = Field(description="agrees, not_ours, or the gravest finding's code.")
    findings: list[ImportFinding]
    compared: list[ImportGoodsCompared]
    consignment: str = Field(description="The consignment that has just these firearms; empty: none.")
    leaf: int


class Imports(Schema):
    count: int
    items: list[ImportOut]


def _find(request: Asking, reference: str) -> ImportNotification:
    found: ImportNotification = visible_or_404(queries.imports(request.user), reference=reference)
    return found


def out(known: Any, found: Comparison) -> dict[str, Any]:
    """One notification, as `queries.imports` gives it, with what the comparison tells."""
    withdrawal = getattr(known, "withdrawal", None)
    plain = {name: getattr(known, name) for name in (
        "reference", "sort", "on", "country_of_export", "exporter", "licensed_here", "licence_reference", "goods", "use", "quantity", "received_from")}
    return {
        **plain, "importer": known.importer_id, "importer_name": known.importer.name, "serials": known.serial_count, "notified_at": known.recorded_at,
        "paper": known.paper_id,
        "withdrawn_at": withdrawal.recorded_at if withdrawal else None, "withdrawn_because": withdrawal.reason if withdrawal else "",
        "outcome": found.outcome, "findings": [{"code": each.code, "words": each.words} for each in found.findings],
        "compared": [{"what": each.words, "notified": each.notified, "notified_in_all": each.in_all, "permitted": each.permitted,
                      "shipped": each.shipped} for each in found.goods],
        "consignment": found.consignment, "leaf": known.pk}


def _one(request: Asking, reference: str) -> dict[str, Any]:
    return out(*queries.with_comparison(request.user, [_find(request, reference)])[0])


@router.get("/imports", response=Imports, operation_id="deliveries.list_imports", summary="Imports that recipients notified")
def list_imports(
    request: Asking, sort: str = Query("", description="intended or received; empty: both."), search: str = "",
    licence: str = Query("", description="Only those that name this licence."), limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """What importing states said they intend to import or have received, each compared with what is licensed and shipped here."""
    must_see(request.user, "import")
    rows = queries.imports(request.user, sort=sort, search=search, licence=licence)
    return {"count": rows.count(), "items": [out(*each) for each in queries.with_comparison(request.user, part_of(rows, offset, offset + limit))]}


@router.post("/imports/record", response=ImportOut, operation_id="deliveries.record_import", summary="Record an import notified on paper")
def record_import(request: Asking, body: ImportOnPaper) -> Any:
    """For officers: what an importing state told in a letter, in its words. It is compared like one that a state notifies here itself."""
    permit(request.user, "deliveries.record_import")
    importer = visible_or_404(Party.objects.visible_to(request.user), pk=body.importer)
    paper = visible_or_404(documents(request.user), pk=body.paper) if body.paper is not None else None
    goods = [actions.GoodsStated(**each.dict()) for each in body.goods]
    words = body.dict(exclude={"goods", "serials", "importer", "received_from", "paper"})
    done = actions.record_import(actions.ImportStated(goods=goods, serials=reads_of(body.serials), **words), importer=importer,
                                 received_from=body.received_from, paper=paper, by=request.user)
    return _one(request, done.reference)


@router.get("/imports/{reference}", response=ImportOut, operation_id="deliveries.get_import", summary="One notified import")
def get_import(request: Asking, reference: str) -> Any:
    """One notification, compared."""
    must_see(request.user, "import")
    return _one(request, reference)


@router.get("/imports/{reference}/serials", response=list[SerialIn], operation_id="deliveries.list_import_serials", summary="Its serials")
def list_import_serials(request: Asking, reference: str) -> Any:
    """The serials that came with a notification. The reading is recorded."""
    must_see(request.user, "import")
    known = _find(request, reference)
    note_read(request.user, "import", f"serials of {reference}")
    return list(known.serials.order_by("pk"))


@router.post("/imports", response=ImportOut, operation_id="deliveries.notify_import", summary="Notify an import")
def notify_import(request: Asking, body: ImportIn) -> Any:
    """For importing states: what you intend to import or have received, of whatever origin. Nothing enters the register by it."""
    permit(request.user, "deliveries.notify_import")
    words = body.dict(exclude={"goods", "serials"})
    goods = [actions.GoodsStated(**each.dict()) for each in body.goods]
    done = actions.notify_import(actions.ImportStated(goods=goods, serials=reads_of(body.serials), **words), by=request.user)
    return _one(request, done.reference)


@router.post("/imports/{reference}/withdraw", response=ImportOut, operation_id="deliveries.withdraw_import", summary="Take a notification back")
def withdraw_import(request: Asking, reference: str, body: ImportWithdrawIn) -> Any:
    """Take a notification back. It stays in the log."""
    permit(request.user, "deliveries.withdraw_import")
    actions.withdraw_import(_find(request, reference), reason=body.reason, by=request.user)
    return _one(request, reference)
