"""Endpoints of screening. Loading a list stands in licensing's, since the licensed parties are compared again with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from enduse.accounts.permissions import must_see, permit
from enduse.pages import visible_or_404
from enduse.parties.models import Party
from enduse.screening import actions, queries, reading
from enduse.screening.models import Hit, HitResolution, ListVersion

router = Router(tags=["screening"])


class ListOut(Schema):
    id: int = Field(alias="pk")
    source: str
    version: str
    entries: int
    format: str
    file_name: str
    sha256: str
    recorded_at: datetime
    replaces: int | None = Field(None, alias="replaces_id", description="The version that this one took the place of.")
    notes: list[str] = Field([], description="What an officer should know of the file.")


class ChangeOut(Schema):
    kind: str = Field(description="added, removed or changed.")
    entity_id: str
    entity_name: str
    fields: dict[str, list[str]] = Field(description="Of a changed entry: field, and what it said before and says now.")


class HitOut(Schema):
    id: int
    party: int
    party_name: str
    list: str
    entity_id: str
    entity_name: str
    schema_name: str = Field(alias="schema")
    score: float
    by_address: bool = Field(description="An address alone raised it, and no name or number.")
    reasons: list[dict[str, Any]]
    entry: dict[str, Any] = Field(description="The entry as it stood.")
    answered_before: str | None = Field(description="What was said of this pair when party or entry were different; null when never.")
    outcome: str | None = Field(description="What an officer said of it, here or of the same pair before; null while open.")

    @staticmethod
    def resolve_party(hit: Hit) -> int:
        return hit.screening.party_id

    @staticmethod
    def resolve_party_name(hit: Hit) -> str:
        return hit.screening.party.name

    @staticmethod
    def resolve_list(hit: Hit) -> str:
        return str(hit.list_version)

    @staticmethod
    def resolve_answered_before(hit: Hit) -> str | None:
        said: HitResolution | None = getattr(hit, "earlier_said", None)
        return f"{said.outcome}: {said.reason}" if said is not None else None

    @staticmethod
    def resolve_outcome(hit: Hit) -> str | None:
        said = hit.said()
        return said.outcome if said is not None else None


class StateOut(Schema):
    party: int
    name: str
    state: str = Field(description="not_screened, stale, open_hits, true_match or clear.")
    why: str
    screened_at: datetime | None
    open_hits: list[HitOut]


class ScreenIn(Schema):
    parties: list[int] = Field(description="Ids of the parties to compare with the current lists.", min_length=1, max_length=5_000)


class ResolveIn(Schema):
    outcome: str = Field(description="false_match (not the same party) or true_match (the same).")
    reason: str = Field(description="What differs or agrees.")


class ResolutionOut(Schema):
    id: int = Field(alias="pk")
    hit: int = Field(alias="hit_id")
    outcome: str
    reason: str
    recorded_at: datetime


def _state(state: queries.PartyState) -> dict[str, Any]:
    return {"party": state.party.pk, "name": state.party.name, "state": state.state, "why": state.why,
            "screened_at": state.screening.recorded_at if state.screening else None, "open_hits": _with_earlier(list(state.open_hits))}


@router.get("/lists", response=list[ListOut], operation_id="screening.list_lists")
def list_lists(request: HttpRequest, current: bool = Query(True, description="Only the newest version of each.")) -> Any:
    """The denied-party lists."""
    must_see(request.user, "screening")
    return queries.current_lists() if current else list(queries.list_versions(request.user))


@router.get("/lists/{int:list_id}", response=ListOut, operation_id="screening.get_list")
def get_list(request: HttpRequest, list_id: int) -> Any:
    """One version of a list."""
    must_see(request.user, "screening")
    return visible_or_404(ListVersion.objects.visible_to(request.user), pk=list_id)


@router.get("/lists/{int:list_id}/changes", response=list[ChangeOut], operation_id="screening.list_changes")
def list_changes(
    request: HttpRequest, list_id: int, kind: str = Query("", description="added, removed or changed; empty: all."),
    limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """What a version of a list changed against the one that it replaced."""
    must_see(request.user, "screening")
    version = visible_or_404(ListVersion.objects.visible_to(request.user), pk=list_id)
    return list(reading.list_changes(request.user, version, kind=kind)[offset:offset + limit])


@router.get("/hits", response=list[HitOut], operation_id="screening.list_hits")
def list_hits(
    request: HttpRequest, raised_by: str = Query("", description="name (or number), or address (alone); empty: either."), limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """Possible matches that wait for an answer, the closest first."""
    must_see(request.user, "screening")
    return _with_earlier(list(queries.open_hits(request.user, raised_by=raised_by)[offset:offset + limit]))


def _with_earlier(hits: list[Hit]) -> list[Hit]:
    earlier = reading.earlier_answers(hits)
    for hit in hits:
        hit.earlier_said = earlier.get(hit.pk)
    return hits


@router.get("/parties/{int:party_id}", response=StateOut, operation_id="screening.get_party")
def get_party(request: HttpRequest, party_id: int) -> Any:
    """Where a party stands against the current lists."""
    must_see(request.user, "screening")
    return _state(queries.state_of(visible_or_404(Party.objects.visible_to(request.user), pk=party_id)))


@router.post("/screen", response=list[StateOut], operation_id="screening.screen")
def screen(request: HttpRequest, body: ScreenIn) -> Any:
    """Compare parties with every current list."""
    permit(request.user, "screening.screen")
    parties = [visible_or_404(Party.objects.visible_to(request.user), pk=pk) for pk in dict.fromkeys(body.parties)]
    actions.screen_all(parties, by=request.user)
    return [_state(state) for state in queries.states_of(parties).values()]


@router.post("/hits/{int:hit_id}/resolve", response=ResolutionOut, operation_id="screening.resolve_hit")
def resolve_hit(request: HttpRequest, hit_id: int, body: ResolveIn) -> HitResolution:
    """Say whether the party is the one listed."""
    permit(request.user, "screening.resolve_hit")
    hit = visible_or_404(Hit.objects.visible_to(request.user), pk=hit_id)
    return actions.resolve_hit(hit, outcome=body.outcome, reason=body.reason, by=request.user)
