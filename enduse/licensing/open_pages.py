"""What the page of an open licence shows: to whom it may go, who was registered, the undertakings and where each stands."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from enduse.accounts.models import User
from enduse.accounts.permissions import may, sees
from enduse.certificates import states as certificate_states
from enduse.licensing import dated
from enduse.licensing.actions.opening import asks_first_use
from enduse.licensing.models import Licence, Undertaking
from enduse.parties.models import Party, party_of
from enduse.screening.queries import states_of


def may_be_used_for(licence: Licence) -> QuerySet[Party]:
    """The end users for which a licence may be used: those that it names, or whoever stands in a country that it lists."""
    application = licence.application
    named = [application.end_user_id, *application.recipients.values_list("pk", flat=True)]
    rows = Party.objects.filter(pk__in=named)
    if licence.is_open and len(named) == 1:
        rows |= Party.objects.directory().filter(country__in=application.countries()).exclude(kind=Party.PERSON)
    return rows.order_by("name")


def open_page(user: User, licence: Licence) -> dict[str, Any]:
    """The context of its part of the page; empty where the licence is not open and asks for no registration."""
    if not asks_first_use(licence):
        return {}
    first_uses = {each.end_user_id: each for each in licence.first_uses.select_related("recorded_by")}
    end_users = licence.end_users()
    screened = states_of(end_users) if sees(user, "screening") else {}
    own = party_of(user)
    delivers = own is not None and (licence.seller == own or (licence.seller is None and own.is_registered_maker))
    return {
        "open_end_users": [(party, first_uses.get(party.pk), screened.get(party.pk)) for party in end_users],
        "open_countries": licence.application.countries() if licence.is_open and not licence.application.recipients.exists() else [],
        "undertakings": [(each, certificate_states.NAMES[each.state], certificate_states.TONES[each.state])
                         for each in undertakings_of(licence)], "is_open_licence": licence.is_open,
        "can_register": delivers and may(user, "licensing.register_first_use"), "can_undertake": delivers and licence.is_open and may(
            user, "licensing.file_undertaking"), "undertaking_rule": dated.undertaking_per_consignment(licence.issued_on),
    }


def undertakings_of(licence: Licence) -> QuerySet[Undertaking]:
    return licence.undertakings.select_related("certificate", "end_user", "licence").prefetch_related(
        "certificate__checks", "certificate__inquiries__answer", "certificate__challenges__lifted", "certificate__uses",
        "certificate__signed_files").order_by("-pk")
