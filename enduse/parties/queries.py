"""Reads of parties: the directory, a tree, the measured record as known on a day."""

from __future__ import annotations

from datetime import datetime

from enduse.parties.models import Party, RecordLine


def record_of(party: Party, *, known_at: datetime | None = None) -> dict[str, RecordLine]:
    """The end user's measured record: the latest line of each kind as known at a moment (default: now)."""
    lines = RecordLine.objects.filter(party_id=party.end_user_id).order_by("posted_at", "pk")
    if known_at is not None:
        lines = lines.filter(posted_at__lte=known_at)
    return {line.kind: line for line in lines}
