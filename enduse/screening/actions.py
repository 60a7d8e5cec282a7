"""Lists are loaded, parties compared with them, and an officer says of each hit whether it is the same party."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Refused
from enduse.screening import lists
from enduse.screening.models import Hit, HitResolution, ListVersion, Screening

if TYPE_CHECKING:
    from enduse.engines import names

THRESHOLD = 0.7
HITS_A_PARTY = 25
SCHEMAS = {
    Party.PERSON: "Person", Party.COMPANY: "Company", Party.STATE_BODY: "Organization", Party.POLICE: "Organization",
    Party.ARMED_FORCE: "Organization",
}
Pair = tuple[int, str, str]  # party, list source, entity


def load_list(
    source_file: Path | str | IO[bytes], *, by: User, format: str | None = None, file_name: str = "", source: str = "",
    mapping: Mapping[str, str] | None = None,
) -> ListVersion:
    """Take a denied-party list, whole or not at all; it is current from now on. The same file twice is the same version.

    Invalid: the file cannot be read (which line, which field, why, how to mend it), or is not a list.
    """
    permit(by, "screening.load_list")
    if isinstance(source_file, str):
        source_file = Path(source_file)
    file_name = file_name or (source_file.name if isinstance(source_file, Path) else getattr(source_file, "name", "") or "list")
    kept, sha256 = lists.keep(source_file)
    try:
        known = ListVersion.objects.filter(sha256=sha256).first()
        if known is not None:
            return known
        found = lists.read(kept, format=format, source=source or _source_of(file_name, format, mapping), mapping=mapping)
        with transaction.atomic():
            version = record(
                ListVersion(source=found.source[:40], version=found.version[:40], sha256=sha256, entries=len(found.entities),
                            file_name=Path(file_name).name[:200], format=format or lists.format_of(kept, mapping), mapping=dict(mapping or {})),
                by=by)
            kept.replace(lists.folder() / sha256)
        return version
    except IntegrityError:
        return ListVersion.objects.get(sha256=sha256)  # somebody loaded the same file at the same moment
    finally:
        kept.unlink(missing_ok=True)


def _source_of(file_name: str, format: str | None, mapping: Mapping[str, str] | None) -> str:
    """A publisher's format names its list; a list in a format of many publishers is called like its file."""
    return Path(file_name).stem[:40] if mapping or format in {"csv", "ftm-jsonl"} or file_name.endswith((".json", ".jsonl")) else ""


def screen(party: Party, *, by: User) -> Screening:
    """Compare one party with every current list."""
    return screen_all([party], by=by)[0]


def screen_all(parties: Iterable[Party], *, by: User) -> list[Screening]:
    """Compare parties with every current list, each once. What was said of an unchanged pair is remembered.

    Refused when no list is loaded: a comparison with nothing would clear everybody.
    """
    permit(by, "screening.screen")
    todo = list({party.pk: party for party in parties}.values())
    versions = lists.current()
    if not versions:
        raise Refused(_("No denied-party list is loaded."), _("Load one first: nobody is clear of a list that is not there."), rule=2)
    index = lists.index(versions)
    found = {party.pk: index.screen(as_listed(party), threshold=THRESHOLD, limit=HITS_A_PARTY) for party in todo}
    with transaction.atomic():
        said = _said_before([party.pk for party in todo])
        return [_record(party, found[party.pk], versions, index, said, by) for party in todo]


def as_listed(party: Party) -> names.Party:
    """The party in the words of the comparison."""
    from enduse.engines import names

    return names.Party(
        id=str(party.pk), schema=SCHEMAS[party.kind], name=party.name, birth_date=party.birth_date.isoformat() if party.birth_date else "",
        country=party.country.lower(), address=party.address, identifiers=(party.registration,) if party.registration else (),
    )


def _said_before(party_ids: list[int]) -> dict[Pair, HitResolution]:
    """The last thing that was said of each pair of a party and an entry."""
    resolutions = HitResolution.objects.filter(hit__screening__party__in=party_ids).select_related(
        "hit__screening__party", "hit__list_version").order_by("pk")
    return {(each.hit.screening.party_id, each.hit.list_version.source, each.hit.entity_id): each for each in resolutions}


def _record(
    party: Party, found: list[names.Hit], versions: list[ListVersion], index: names.Index, said: Mapping[Pair, HitResolution], by: User,
) -> Screening:
    by_source = {version.source: version for version in versions}
    hits = []
    for each in found:
        entity = index.entity(each.list_source, each.entity_id)
        digest = entity.digest if entity is not None else ""
        hits.append(Hit(
            list_version=by_source[each.list_source], entity_id=each.entity_id[:80], entity_name=each.entity_name[:300], schema=each.schema[:30],
            score=round(float(each.score), 4), reasons=[_as_said(reason) for reason in each.reasons], entity_digest=digest,
            remembered=_still_holds(said.get((party.pk, each.list_source, each.entity_id)), party, digest),
        ))
    pks = sorted(version.pk for version in versions)
    screening = record(Screening(party=party, name=party.name, threshold=THRESHOLD, list_versions=pks), by=by, rows=hits, row_field="screening")
    screening.lists.add(*pks)
    return screening


def _as_said(reason: names.Reason) -> dict[str, Any]:
    return {"feature": reason.feature, "score": round(float(reason.score), 4), "weight": round(float(reason.weight), 4), "detail": reason.detail,
            "party_value": reason.party_value, "listed_value": reason.listed_value}


def _still_holds(said: HitResolution | None, party: Party, digest: str) -> HitResolution | None:
    """What was said of a pair holds until the party or the entry changes."""
    if said is None or said.hit.entity_digest != digest or party.changed_at > said.hit.screening.recorded_at:
        return None
    return said


def resolve_hit(hit: Hit, *, outcome: str, reason: str, by: User) -> HitResolution:
    """An officer says whether the party is the one listed. Said once of a hit; a new screening may be answered anew."""
    permit(by, "screening.resolve_hit")
    if outcome not in dict(HitResolution.OUTCOMES):
        raise Invalid(Problem(
            _("There is no such outcome."), _("Choose one of: %s.") % ", ".join(dict(HitResolution.OUTCOMES)), field="outcome", found=outcome))
    if not reason.strip():
        raise Invalid(Problem(
            _("A resolution says why."), _("Write what differs or agrees: birth date, address, number, country."), field="reason"))
    with transaction.atomic():
        hit = Hit.objects.select_for_update().get(pk=hit.pk)
        before = HitResolution.objects.filter(hit=hit).select_related("recorded_by").first()
        if before is not None:
            raise Refused(
                _("%(who)s resolved this hit already: %(outcome)s."), _("Screen the party again if something changed, and answer the new hit."),
                who=str(before.recorded_by), outcome=before.get_outcome_display())
        return record(HitResolution(hit=hit, outcome=outcome, reason=reason.strip()), by=by)
