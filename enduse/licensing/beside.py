"""What lies beside a case when somebody looks at it: its papers, the end user's record, screenings, measures, what the flags look at."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import sees
from enduse.documents.queries import documents
from enduse.licensing import flags, queries, states
from enduse.licensing.advisories.queries import BESIDE, shown_beside
from enduse.licensing.advisories.queries import beside as asked_before
from enduse.licensing.around import asked_around
from enduse.licensing.consultations import DenialConsultation, may_touch
from enduse.licensing.matching import Match, accepted_of, compared, papers_of
from enduse.licensing.models import Application
from enduse.licensing.readiness import Missing, before_approval, measures_for
from enduse.parties.gaps import gaps_of
from enduse.parties.models import RecordLine
from enduse.parties.queries import by_kind, record_of, record_rows
from enduse.parties.record import in_words
from enduse.screening.models import ListVersion
from enduse.screening.queries import PartyState, states_of
from enduse.together import Together, link


class Beside:
    """All of it is asked for when the page begins, and read together when the first of it is needed.

    Who is no officer of the authority sees the papers only; the rest is not read for them.
    """

    def __init__(self, user: User, application: Application) -> None:
        batch = Together()
        self.application = application
        self.documents = batch.rows(documents(user, subject=application.reference))
        self._papers, self._agreed = batch.rows(papers_of(application)), batch.rows(accepted_of(application))
        self._advised = batch.picked(asked_before(user, application), **BESIDE) if sees(user, "advisory") else []
        if sees(user, "screening"):
            self._versions, self._record = batch.rows(ListVersion.objects.all()), batch.rows(record_rows(application.end_user))
            self.measures = batch.rows(measures_for(application, clock.today()))
            self.denials = batch.rows(may_touch(application))
            self.consulted = batch.rows(DenialConsultation.objects.filter(application=application))
            self._around = asked_around(application, batch) if application.state in states.OPEN else None

    @cached_property
    def match(self) -> Match:
        return compared(self.application, filed=self._papers, agreed=self._agreed)

    @cached_property
    def record(self) -> dict[str, RecordLine]:
        return by_kind(self._record)

    @cached_property
    def screened(self) -> dict[int, PartyState]:
        return states_of((party for _role, party in self.application.parties()), versions=self._versions)

    @cached_property
    def advised(self) -> list[dict[str, Any]]:
        """What the authority was asked about these parties before, and answered."""
        return shown_beside(self._advised)

    def known(self) -> flags.Known:
        """What the program's flags look at."""
        return queries.known(self.application, screened=self.screened, record=self.record, around=self._around)

    @cached_property
    def other_records(self) -> list[dict[str, Any]]:
        """The measured record of each other body that may come to hold the firearms, in words."""
        records = [(party, record_of(party)) for party in queries.other_end_users(self.application)]
        return [{"party": party, "record": in_words(record), "gaps": gaps_of(record, clock.today())} for party, record in records]

    def missing(self) -> list[Missing]:
        """What stands between the application and its approval."""
        link(self.measures, [party for _role, party in self.application.parties()])
        return before_approval(self.application, screened=self.screened, match=self.match, measures=self.measures,
                               denials=self.denials, consulted=self.consulted)
