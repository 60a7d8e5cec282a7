"""Who else stands between the seller and whoever will hold the firearms: carriers, further consignees, ultimate end users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from enduse.parties.models import Party

CARRIER, CONSIGNEE, ULTIMATE_END_USER = "carrier", "further_consignee", "ultimate_end_user"
ROLES = (ULTIMATE_END_USER, CONSIGNEE, CARRIER)


@dataclass(frozen=True)
class ChainAsked:
    """The parties of an application besides those that each has once: who receives on the way, who carries, who uses in the end.

    An ultimate end user is whom the end user passes the firearms on to by its own certificate, such as a police force that a
    ministry buys for.
    """

    ultimate_end_users: tuple[Party, ...] = ()
    further_consignees: tuple[Party, ...] = ()
    carriers: tuple[Party, ...] = ()

    def rows(self) -> Iterator[tuple[str, Party]]:
        """(role, party), each once in its role."""
        for role, parties in ((ULTIMATE_END_USER, self.ultimate_end_users), (CONSIGNEE, self.further_consignees), (CARRIER, self.carriers)):
            yield from ((role, party) for party in dict.fromkeys(parties))
