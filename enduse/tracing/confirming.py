"""Saying which firearm a recovery is: proposed, agreed, confirmed, corrected; and what follows from it (rule 6)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.custody import actions as custody
from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.ledger.actions import record
from enduse.licensing import actions as licensing
from enduse.licensing.models import Licence
from enduse.parties.actions import post_record_line
from enduse.parties.models import Party, RecordLine
from enduse.parties.queries import record_of
from enduse.refusals import Invalid, Problem, Refused
from enduse.tracing.models import Confirmation, Proposal, Recovery, WatchedSerial
from enduse.tracing.ranking import LIKELY, Candidate, Ranking, rank

SOON_DAYS = 3 * 365


def propose(recovery: Recovery, *, firearm: Firearm | None = None, watched: WatchedSerial | None = None, note: str, by: User) -> Proposal:
    """An unlikely candidate that the officer takes for the firearm: a second tracing officer is asked to agree."""
    permit(by, "tracing.confirm")
    if (firearm is None) == (watched is None):
        raise Invalid(Problem(_("A proposal names one candidate."), _("Choose a firearm or a watched serial."), field="candidate"))
    _refuse_without_words(note)
    chosen = rank(recovery).of(firearm, watched)
    with transaction.atomic():
        proposal = record(
            Proposal(recovery=recovery, firearm=firearm, watched=watched, note=note.strip(), probability=chosen.probability if chosen else 0.0), by=by
        )
        raise_alert(
            Alert.TRACE,
            role=Role.TRACING_OFFICER,
            link=link_of(recovery),
            because=_("%(who)s proposes a candidate for %(recovery)s and needs a second tracing officer to agree.")
            % {"who": by, "recovery": recovery},
        )
    return proposal


def agree(proposal: Proposal, *, by: User) -> Confirmation:
    """The second officer agrees: the proposal becomes the confirmation of who proposed it, agreed by this officer."""
    proposer = proposal.recorded_by
    if proposer is None:
        raise Refused(_("Nobody stands behind this proposal."), _("Propose the candidate again."))
    return confirm(proposal.recovery, firearm=proposal.firearm, watched=proposal.watched, note=proposal.note, by=proposer, second=by)


def confirm(
    recovery: Recovery,
    *,
    firearm: Firearm | None = None,
    watched: WatchedSerial | None = None,
    note: str = "",
    by: User,
    second: User | None = None,
    ranking: Ranking | None = None,
) -> Confirmation:
    """This recovery is that firearm, that watched serial, or (neither named) none that the register holds.

    Freezes the ranking that the officer saw. `second`: another tracing officer who agreed, needed for an unlikely candidate.
    A later confirmation that names another firearm corrects the earlier one and says why in `note` (rule 5).
    """
    permit(by, "tracing.confirm")
    _refuse_own_agreement(by, second)
    if firearm is not None and watched is not None:
        raise Invalid(Problem(_("A recovery is one firearm."), _("Choose one candidate."), field="candidate"))
    # The index is read before the transaction: it takes up committed rows only.
    ranking = ranking or rank(recovery)
    chosen = ranking.of(firearm, watched)
    with transaction.atomic():
        recovery = Recovery.objects.select_for_update().get(pk=recovery.pk)
        earlier = recovery.confirmations.select_related("firearm").order_by("-pk").first()
        _refuse_same_again(earlier, firearm, watched)
        if earlier is not None:
            _refuse_without_words(note)
        if firearm is not None or watched is not None:
            _refuse_unlikely_alone(chosen, second)
        if earlier is not None and earlier.firearm is not None:
            _take_back(recovery, earlier.firearm, note, by)
        confirmation = record(
            Confirmation(
                recovery=recovery,
                firearm=firearm,
                watched=watched,
                note=note.strip(),
                candidates=ranking.frozen(),
                error_model=ranking.error_model,
                probability=_probability_of(chosen, ranking, firearm, watched),
                none_probability=round(ranking.none_probability, 6),
                agreed_by=second,
                corrects=earlier,
            ),
            by=by,
        )
        if firearm is not None:
            _follow(recovery, firearm, by)
        elif watched is not None:
            alert_operation(recovery, watched, confirmed=True)
    return confirmation


def link_of(recovery: Recovery) -> str:
    return f"/tracing/recoveries/{recovery.reference}/"


def alert_operation(recovery: Recovery, watched: WatchedSerial, *, confirmed: bool) -> None:
    """The operation's owner hears at once that a serial under its watch was recovered."""
    operation = watched.watch.operation
    sentence = _("A serial that operation %(operation)s of %(owner)s watches (subject %(subject)s) was recovered: %(recovery)s, %(place)s.")
    sure = _("The trace is confirmed.") if confirmed else _("It is the likeliest candidate: confirm the trace.")
    raise_alert(
        Alert.WATCHED,
        role=Role.TRACING_OFFICER,
        link=link_of(recovery),
        because=sentence
        % {
            "operation": operation.reference,
            "owner": operation.owner,
            "subject": watched.watch.subject,
            "recovery": recovery.reference,
            "place": recovery.place,
        }
        + " "
        + sure,
    )


def sold_under(firearm: Firearm) -> CustodyEvent | None:
    """The shipment by which a firearm left its maker under a licence; None when it never did."""
    return (
        CustodyEvent.objects.filter(
            lines__firearm=firearm,
            sort=CustodyEvent.SHIPPED,
            corrections=None,
            licence__isnull=False,
        )
        .select_related("licence__application__end_user")
        .order_by("-pk")
        .first()
    )


def _probability_of(chosen: Candidate | None, ranking: Ranking, firearm: Firearm | None, watched: WatchedSerial | None) -> float:
    if firearm is None and watched is None:
        return round(ranking.none_probability, 6)
    return round(chosen.probability, 6) if chosen else 0.0


def _follow(recovery: Recovery, firearm: Firearm, by: User) -> None:
    """Rule 6: the licensing officer is alerted, open applications of the end user and of who held it last are held, their records learn of the trace."""
    holding = Holding.objects.select_related("party").get(firearm=firearm)
    was_held, holder = holding.state in {Holding.HELD, Holding.IN_TRANSIT}, holding.party
    custody.record_recovered(firearm, agency=recovery.agency, occurred_on=recovery.recovered_on, reference=recovery.reference, by=by)
    shipped = sold_under(firearm)
    if shipped is None or shipped.licence is None:
        return
    end_user = shipped.licence.end_user_of(shipped.reference)
    because = _("%(gun)s, sold under %(licence)s to %(end_user)s, was recovered at %(place)s (%(recovery)s). %(how)s") % {
        "gun": f"{firearm.make_name} {firearm.tail}",
        "licence": shipped.licence.reference,
        "end_user": end_user,
        "place": recovery.place,
        "recovery": recovery.reference,
        "how": _("Its loss was never reported.") if was_held else _("Its loss had been reported."),
    }
    raise_alert(Alert.TRACE, role=Role.LICENSING_OFFICER, party=end_user, because=because, link=link_of(recovery))
    for body in {each.pk: each for each in (end_user, holder.end_user)}.values():  # to whom it was sold, and under whom it was last
        licensing.hold_applications_of(body, because=because, source=recovery.reference, by=by)
    _post(recovery, end_user, holder, 1, unreported=was_held)
    _post_soon(recovery, firearm, shipped.licence, end_user)


def _post_soon(recovery: Recovery, firearm: Firearm, licence: Licence, end_user: Party) -> None:
    """Recovered within three years of its delivery: a sign for the end user's next assessment."""
    received = CustodyEvent.objects.filter(lines__firearm=firearm, sort=CustodyEvent.RECEIVED, corrections=None).order_by("pk").first()
    days = (recovery.recovered_on - received.occurred_on).days if received is not None else SOON_DAYS
    if 0 <= days < SOON_DAYS:
        licensing.post_sign("S05", end_user=end_user, source=recovery.reference, seen_on=clock.today(),
                            facts={"days": days, "licence": licence.reference})


def _take_back(recovery: Recovery, firearm: Firearm, note: str, by: User) -> None:
    """Rule 5: the firearm of the earlier confirmation stands again where it stood; the licensing officer hears of it."""
    licensing.end_sign("S05", source=recovery.reference)
    event = custody.correct_recovered(firearm, reference=recovery.reference, reason=note.strip(), by=by)
    shipped = sold_under(firearm)
    if shipped is None or shipped.licence is None:
        return
    end_user = shipped.licence.end_user_of(shipped.reference)
    raise_alert(
        Alert.TRACE,
        role=Role.LICENSING_OFFICER,
        party=end_user,
        link=link_of(recovery),
        because=_("The trace of %(recovery)s to %(licence)s was corrected: it is another firearm. Its holds may be released.")
        % {"recovery": recovery.reference, "licence": shipped.licence.reference},
    )
    holding = Holding.objects.select_related("party").get(firearm=firearm)
    _post(recovery, end_user, holding.party, -1, unreported=holding.state in {Holding.HELD, Holding.IN_TRANSIT}, rests_on=f"custody event {event.pk}")


def _post(recovery: Recovery, sold_to: Party, holder: Party, change: int, *, unreported: bool, rests_on: str = "") -> None:
    """Traced: sold to this end user. Last held: it (or a unit below it) answered last. An importer and its customer are two."""
    changes: dict[int, dict[str, int]] = {sold_to.end_user_id: {"traced": change}}
    of_holder = changes.setdefault(holder.end_user_id, {})
    of_holder["last_held"] = change
    of_holder["unreported"] = change if unreported else 0
    for pk, figures in changes.items():
        party = Party.objects.get(pk=pk)
        known = record_of(party)
        last = dict(known[RecordLine.TRACED].figures) if RecordLine.TRACED in known else {"traced": 0, "last_held": 0, "unreported": 0}
        for name, by_how_much in figures.items():
            last[name] = last.get(name, 0) + by_how_much
        if RecordLine.DELIVERED in known:
            last["delivered"] = known[RecordLine.DELIVERED].figures.get("delivered", 0)
        post_record_line(party, RecordLine.TRACED, last, rests_on=rests_on or recovery.reference, as_of=clock.today())


def _refuse_own_agreement(by: User, second: User | None) -> None:
    if second is None:
        return
    permit(second, "tracing.confirm")
    if second.pk == by.pk:
        raise Refused(_("Who proposes a candidate does not agree to it too."), _("Ask another tracing officer."), rule=2)


def _refuse_same_again(earlier: Confirmation | None, firearm: Firearm | None, watched: WatchedSerial | None) -> None:
    """Rule 5: a fact is recorded once."""
    if earlier is not None and earlier.firearm_id == (firearm.pk if firearm else None) and earlier.watched_id == (watched.pk if watched else None):
        raise Refused(
            _("%(who)s confirmed this already, in entry %(entry)d of the log."),
            _("Nothing is left to do; if it is wrong, confirm another and say why."),
            rule=5,
            who=str(earlier.recorded_by),
            entry=earlier.pk,
        )


def _refuse_without_words(note: str) -> None:
    if not note.strip():
        raise Invalid(Problem(_("Say why in a sentence."), _("Name what shows it: a second reading, a photograph, a document."), field="note"))


def _refuse_unlikely_alone(chosen: Candidate | None, second: User | None) -> None:
    """An unlikely or contradicted candidate needs a second tracing officer."""
    if second is not None or (chosen is not None and chosen.is_likely):
        return
    if chosen is not None and chosen.contradiction:
        raise Refused(
            _("The record speaks against this candidate: %(why)s"),
            _("Choose another, or propose it to a second tracing officer."),
            why=chosen.contradiction,
        )
    raise Refused(
        _("This candidate has a probability of %(chance)d %%; below %(limit)d %% one officer does not confirm alone."),
        _("Propose it to a second tracing officer, with what else shows that it is this firearm."),
        chance=round(100 * (chosen.probability if chosen else 0.0)),
        limit=round(100 * LIKELY),
    )
