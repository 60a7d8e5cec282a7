"""What a file may stand behind for those who act for a party. Each floor above tells which references are a party's own."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.parties.models import Party, party_of
from enduse.refusals import Refused

IsOwn = Callable[[Party, str], bool]
_told: dict[str, IsOwn] = {}


def told(floor: str, is_own: IsOwn) -> None:
    """A floor tells, once when its app is ready, whether a reference is a party's own thing there."""
    _told[floor] = is_own


def refuse_foreign(subject: str, by: User) -> None:
    """Rule 10: who acts for a party attaches to what is its own; another's reference is as if it did not exist.

    An officer of the authority acts for no party and attaches to whatever the case needs.
    """
    own = party_of(by)
    if own is None or any(is_own(own, subject) for is_own in _told.values()):
        return
    raise Refused(_("Your party has nothing with the reference %(subject)s."),
                  _("Use the reference of an application, a licence or a consignment of your own, such as A-2011-0042."), rule=10, subject=subject)
