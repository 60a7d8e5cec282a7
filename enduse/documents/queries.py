"""Reads of documents: those behind a subject that the viewer may see."""

from __future__ import annotations

from django.db.models import QuerySet

from enduse.accounts.models import User
from enduse.documents.models import Document


def documents(user: User | None, *, subject: str = "") -> QuerySet[Document]:
    """The viewer's documents, newest first; of one subject (an application's or a recovery's reference) when told."""
    rows = Document.objects.visible_to(user).select_related("owner", "recorded_by").order_by("-pk")
    return rows.filter(subject=subject) if subject else rows
