"""Endpoints of documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import FileResponse, HttpRequest
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from enduse.accounts.actions import note_read
from enduse.accounts.permissions import must_see, permit
from enduse.documents import actions, queries
from enduse.documents.models import Document
from enduse.pages import visible_or_404

router = Router(tags=["documents"])


class DocumentOut(Schema):
    id: int = Field(alias="pk")
    subject: str
    owner: int | None = Field(None, alias="owner_id")
    sort: str
    name: str
    media_type: str
    size: int
    sha256: str
    scan: str = Field(description="clean, or not_scanned where no scanner is set up.")
    redacts: int | None = Field(None, alias="redacts_id", description="The original of which this is the redacted version.")
    recorded_at: datetime


class Documents(Schema):
    count: int
    items: list[DocumentOut]


@router.get("/", response=Documents, operation_id="documents.list_documents")
def list_documents(request: HttpRequest, subject: str = "", limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0)) -> Any:
    """The documents that you see; `subject`: those behind one application or recovery."""
    must_see(request.user, "document")
    rows = queries.documents(request.user, subject=subject)
    return {"count": rows.count(), "items": list(rows[offset:offset + limit])}


@router.post("/", response=DocumentOut, operation_id="documents.attach")
def attach(
    request: HttpRequest, file: Annotated[UploadedFile, File(description="PDF, PNG, JPEG, CSV or text.")],
    subject: str = Form(description="The reference that it stands behind."),
    sort: str = Form(Document.OTHER, description="euc, order, import_authorisation, photo or other."),
    redacts: int | None = Form(None, description="The document of which this is the redacted version."),
) -> Any:
    """Attach a file. Its content must be what its name says."""
    permit(request.user, "documents.attach")
    original = visible_or_404(queries.documents(request.user), pk=redacts) if redacts is not None else None
    return actions.attach(file, name=file.name or "", subject=subject, sort=sort, redacts=original, by=request.user)


@router.get("/{int:document_id}", response=DocumentOut, operation_id="documents.get_document")
def get_document(request: HttpRequest, document_id: int) -> Any:
    """One document's particulars."""
    must_see(request.user, "document")
    return visible_or_404(queries.documents(request.user), pk=document_id)


@router.get("/{int:document_id}/content", operation_id="documents.download")
def download(request: HttpRequest, document_id: int) -> Any:
    """The file itself. The download is recorded."""
    must_see(request.user, "document")
    document = visible_or_404(queries.documents(request.user), pk=document_id)
    note_read(request.user, "document", f"{document.subject} {document.pk}")
    return FileResponse(actions.open_content(document), as_attachment=True, filename=document.name, content_type=document.media_type)
