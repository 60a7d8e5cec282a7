"""What the register knows around an application's parties: signs posted by other floors, addresses, changes, calibres held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q

from enduse import clock
from enduse.licensing import flags
from enduse.licensing.casework import Decision, Recommendation
from enduse.licensing.licences import Licence, LicenceChange, LicenceUse
from enduse.licensing.models import Application
from enduse.licensing.signs import Sign
from enduse.parties.models import Party, RecordLine
from enduse.screening.models import HitResolution


def seen(application: Application, parties: Sequence[tuple[str, Party]], record: Mapping[str, RecordLine]) -> dict[str, Any]:
    """The fields of `flags.Known` that rest on these."""
    end_user = application.end_user
    return {
        "signs": signs_of(end_user), "changed": changed_since(end_user), "calibres_held": calibres_held(end_user) if RecordLine.DELIVERED in record else {},
        "doubtful_addresses": doubtful_addresses({party.pk: party for _role, party in parties}),
    }


def signs_of(end_user: Party) -> dict[str, list[Sign]]:
    """What other floors saw of an end user that counts today, the latest first, by the flag that it raises."""
    today = clock.today()
    found: dict[str, list[Sign]] = defaultdict(list)
    for sign in Sign.objects.filter(end_user_id=end_user.end_user_id, ended_on=None, counts_from__lte=today,
                                    seen_on__gte=today - flags.SIGNS_COUNT_FOR).order_by("-seen_on", "-pk"):
        found[sign.code].append(sign)
    return found


def changed_since(end_user: Party) -> list[tuple[str, Any, str]]:
    """Parties of this end user's live licences that were changed after the licence was issued."""
    ended = LicenceChange.objects.filter(licence=OuterRef("pk"), change__in=Licence.ENDS)
    rows = Licence.objects.filter(expires_on__gte=clock.today(), application__end_user__path__startswith=end_user.end_user_path)
    found: dict[int, tuple[str, Any, str]] = {}
    for licence in rows.exclude(Exists(ended)).select_related(
            "application__applicant", "application__seller", "application__consignee", "application__end_user").order_by("pk"):
        application = licence.application
        for party in (application.applicant, application.seller, application.consignee, application.end_user):
            if party is not None and party.changed_at.date() > licence.issued_on:
                found[party.pk] = (party.name, party.changed_at.date(), licence.reference)
    return list(found.values())


def calibres_held(end_user: Party) -> dict[str, str]:
    """The calibres that were taken under this end user's licences, each with the latest of those licences."""
    rows = LicenceUse.objects.filter(quantity__gt=0, line__licence__application__end_user__path__startswith=end_user.end_user_path)
    return dict(rows.order_by("line__licence__issued_on", "pk").values_list("line__calibre", "line__licence__reference").distinct())


def doubtful_addresses(parties: dict[int, Party]) -> dict[str, list[str]]:
    """Parties that give the address of another which is on a list or whose application was denied."""
    given = {party.address.strip().casefold(): party for party in parties.values() if party.address.strip()}
    if not given:
        return {}
    asked = Q()
    for address in given:
        asked |= Q(address__iexact=address)
    listed = HitResolution.objects.filter(outcome=HitResolution.TRUE_MATCH, hit__screening__party=OuterRef("pk"))
    denied = Decision.objects.filter(Q(application__applicant=OuterRef("pk")) | Q(application__end_user=OuterRef("pk")), outcome=Recommendation.DENY)
    found: dict[str, list[str]] = defaultdict(list)
    for other in Party.objects.filter(asked).exclude(pk__in=parties).filter(Exists(listed) | Exists(denied)).order_by("name"):
        found[given[other.address.strip().casefold()].name].append(other.name)
    return found
