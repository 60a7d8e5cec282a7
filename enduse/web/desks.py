"""What waits on each role's desk: counts from what the viewer may see, each with where to do it and why it waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enduse import clock
from enduse.accounts.models import ApiToken, User
from enduse.accounts.permissions import Role, may
from enduse.alerts.models import Alert
from enduse.custody.models import Holding, Stocktake
from enduse.deliveries.customs import differences
from enduse.deliveries.models import Consignment, ConsignmentStep
from enduse.diversion.models import Estimate
from enduse.ledger.models import ForgettingProposal
from enduse.licensing import queries as licensing
from enduse.licensing import states
from enduse.licensing.caselists import cases, questions_for, requests_for
from enduse.licensing.models import Advisory, Application, ChangeProposal, Hold, HoldRelease
from enduse.measures import queries as measures
from enduse.monitoring.models import Check, CheckOutcome
from enduse.parties.models import Party, party_of
from enduse.reports.models import Report
from enduse.screening.queries import open_hits
from enduse.together import counted
from enduse.tracing import queries as tracing
from enduse.tracing.models import Confirmation, Proposal
from enduse.web.navigation import address

SOON = timedelta(days=60)
COUNT_EVERY = timedelta(days=365)


@dataclass(frozen=True)
class Step:
    """One thing to do: how many wait, where, and why it matters."""

    text: str
    waiting: int | QuerySet[Any]  # the rows that wait, where they are still to be counted
    url: str = ""
    why: str = ""
    tone: str = ""

    @property
    def count(self) -> int:
        return self.waiting if isinstance(self.waiting, int) else self.waiting.count()


def counted_at_once(user: User, steps: Iterable[Step]) -> list[Step]:
    """The steps with their numbers: whatever is still to be counted is counted by one query."""
    found = list(steps)
    asked = {f"step_{place}": counted(step.waiting) for place, step in enumerate(found) if isinstance(step.waiting, QuerySet)}
    numbers: dict[str, Any] = dict(User.objects.filter(pk=user.pk).values(**asked).get()) if asked else {}
    return [replace(step, waiting=numbers.get(f"step_{place}", step.waiting)) for place, step in enumerate(found)]


@dataclass(frozen=True)
class Start:
    """Something that the role begins by itself."""

    label: str
    url: str


@dataclass(frozen=True)
class Desk:
    steps: tuple[Step, ...]
    alerts: tuple[Alert, ...]
    starts: tuple[Start, ...]


def desk(user: User) -> Desk:
    """The desk of a user's role: what waits (nothing that is zero), the newest open alerts, what one may begin."""
    found = [step for step in counted_at_once(user, STEPS[Role(user.role)](user)) if step.count]
    alerts = Alert.objects.visible_to(user).open().select_related("party").order_by("-raised_at")
    waiting = alerts.count()
    if waiting and may(user, "alerts.answer"):
        oldest = (clock.now() - alerts.order_by("raised_at")[0].raised_at).days
        found.insert(
            0,
            Step(
                _("Answer alerts"),
                waiting,
                address("alerts:list"),
                ngettext("The oldest has waited %(n)d day.", "The oldest has waited %(n)d days.", oldest) % {"n": oldest},
                "warn",
            ),
        )
    starts = [Start(str(label), url) for action, label, name in STARTS if may(user, action) and (url := address(name))]
    return Desk(tuple(found), tuple(alerts[:6]), tuple(starts))


STARTS = (
    ("licensing.draft", gettext_lazy("New application"), "licensing:new"),
    ("licensing.ask_advisory", gettext_lazy("Ask about an end user"), "licensing:ask_advisory"),
    ("deliveries.declare", gettext_lazy("Declare a consignment"), "deliveries:declare"),
    ("deliveries.notify_import", gettext_lazy("Notify an import"), "deliveries:notify_import"),
    ("custody.stocktake", gettext_lazy("Start a count"), "custody:count"),
    ("custody.move", gettext_lazy("Issue or transfer"), "custody:move"),
    ("monitoring.plan", gettext_lazy("Plan a check"), "monitoring:plan"),
    ("tracing.record_recovery", gettext_lazy("Record a recovery"), "tracing:new"),
    ("measures.draft", gettext_lazy("Draft a measure"), "measures:new"),
    ("lab.simulate", gettext_lazy("Compare measures"), "lab:new"),
    ("diversion.estimate", gettext_lazy("Estimate what left"), "diversion:new"),
    ("reports.draft", gettext_lazy("Draft a report"), "reports:new"),
    ("screening.load_list", gettext_lazy("Load a list"), "licensing:load_list"),
    ("accounts.manage_users", gettext_lazy("Make a user"), "accounts:users"),
)


def _at(name: str, **filters: str) -> str:
    url = address(name)
    return f"{url}?{urlencode(filters)}" if url and filters else url


def _applications(user: User, state: str, text: str, why: str = "", tone: str = "") -> Step:
    return Step(text, cases(user, state=state), _at("licensing:applications", state=state), why, tone)


def _cases(user: User, text: str, why: str = "", tone: str = "", **filters: Any) -> Step:
    return Step(text, cases(user, **filters), _at("licensing:applications", **filters), why, tone)


def _applicant(user: User) -> Iterator[Step]:
    waiting = questions_for(user)
    first = waiting.first()
    url = address("licensing:applications") + f"{first.application.reference}/#questions" if first is not None else ""
    yield Step(_("Answer questions of the authority"), waiting, url, _("The decision waits for your answer."), "warn")
    yield _applications(user, states.DRAFT, _("Finish and submit drafts"))
    yield _applications(user, states.HELD, _("Applications on hold"), _("The authority says on each what it waits for."), "warn")
    yield _expiring(user)


def _exporter(user: User) -> Iterator[Step]:
    declared = _in_step(Consignment.objects.visible_to(user), None)
    yield Step(_("Ship what is declared"), declared, _at("deliveries:consignments", state=Consignment.DECLARED))
    yield from _applicant(user)


def _expiring(user: User) -> Step:
    today = clock.today()
    rows = licensing.licences_listed(user, state="live").filter(expires_on__lte=today + SOON)
    return Step(_("Licences that end within %(n)d days") % {"n": SOON.days}, rows, _at("licensing:licences", state="live"))


def _in_step(rows: QuerySet[Consignment], step: str | None) -> QuerySet[Consignment]:
    """Consignments whose last step is `step` (None: declared, no step yet)."""
    last = ConsignmentStep.objects.filter(consignment=OuterRef("pk"))
    if step is None:
        return rows.filter(~Exists(last)).order_by()
    newest = ConsignmentStep.objects.filter(consignment=OuterRef("consignment")).order_by("-pk").values("pk")[:1]
    return rows.filter(Exists(last.filter(step=step, pk=newest))).order_by()


def _custodian(user: User) -> Iterator[Step]:
    coming = _in_step(Consignment.objects.visible_to(user), Consignment.SHIPPED)
    yield Step(
        _("Receive what was shipped to you"),
        coming,
        _at("deliveries:consignments", state=Consignment.SHIPPED),
        _("Count each serial against the manifest."),
    )
    own = party_of(user)
    if own is None:
        return
    counted = Stocktake.objects.filter(taken_on__gt=clock.today() - COUNT_EVERY).values("unit")
    holding = Holding.objects.filter(state=Holding.HELD, party__path__startswith=own.end_user_path).values("party")
    late = Party.objects.filter(pk__in=holding).exclude(pk__in=counted)
    yield Step(_("Count the units that nobody counted within a year"), late, _at("custody:stocktakes"), tone="warn")


def _officer(user: User) -> Iterator[Step]:
    yield Step(
        _("Resolve possible list hits"), open_hits(user), _at("screening:hits"), _("No decision before each is answered."), "warn"
    )
    yield _cases(user, _("Your cases that are overdue"), tone="warn", officer="me", due="overdue", sort="due")
    yield _cases(user, _("Go on with your cases"), officer="me", state="open", sort="due")
    yield _cases(user, _("Take a case that nobody has"), officer="nobody", state="submitted", sort="due")
    yield _applications(user, states.SUBMITTED, _("Assess new applications"))
    yield _applications(user, states.ASSESSED, _("Recommend on what is assessed"))
    yield Step(_("Answer enquiries about end users"), Advisory.objects.waiting().order_by(), _at("licensing:advisories", state=Advisory.ASKED))
    yield _applications(user, states.HELD, _("Look into applications on hold"), _("Something was learnt about the end user."), "warn")
    yield _applications(user, states.APPEALED, _("Assess anew what was appealed against"), _("By an officer who had no part in the refusal."), "warn")
    yield _applications(user, states.TO_NOTIFY, _("Tell the legislature of approvals"))
    yield _applications(user, states.NOTIFIED, _("Issue when the legislature’s days have passed"))
    different = _in_step(Consignment.objects.visible_to(user), Consignment.DISCREPANT)
    yield Step(
        _("Deliveries that differ from their manifest"), different, _at("deliveries:consignments", state=Consignment.DISCREPANT), tone="warn"
    )


def _countersigner(user: User) -> Iterator[Step]:
    yield _applications(user, states.RECOMMENDED, _("Decide what is recommended"))
    # Asked of each hold that stands: all applications that are open would be gathered otherwise.
    still_open = states.open_only(Application.objects.filter(pk=OuterRef("application"))).order_by()
    held = Hold.objects.filter(~Exists(HoldRelease.objects.filter(hold=OuterRef("pk"))), Exists(still_open))
    proposed = ChangeProposal.objects.filter(answer=None).exclude(recorded_by=user)
    yield Step(_("Agree to or decline a change of a licence"), proposed, _at("licensing:licences", state="proposed"), tone="warn")
    yield Step(_("Holds to release or keep"), held, _at("licensing:applications", state=states.HELD), tone="warn")
    asked = ForgettingProposal.objects.filter(answer=None).exclude(recorded_by=user)
    yield Step(_("Order or decline what is to be forgotten"), asked, _at("ledger:forgettings"), _("A court or a law asks for it."))


def _monitor(user: User) -> Iterator[Step]:
    planned = Check.objects.visible_to(user).filter(~Exists(CheckOutcome.objects.filter(check_of=OuterRef("pk")))).order_by()
    late = planned.filter(planned_for__lt=clock.today()).count()
    why = _("%(n)d are past their day.") % {"n": late} if late else ""
    yield Step(_("Record what planned checks found"), planned.count(), _at("monitoring:checks", state="planned"), why, "warn" if late else "")
    arrived = _in_step(Consignment.objects.visible_to(user), Consignment.DELIVERED)
    yield Step(_("Verify deliveries"), arrived, _at("deliveries:consignments", state=Consignment.DELIVERED))


def _tracer(user: User) -> Iterator[Step]:
    later = Confirmation.objects.filter(recovery=OuterRef("recovery"), pk__gt=OuterRef("pk"))
    proposed = Proposal.objects.filter(~Exists(later)).exclude(recorded_by=user)
    yield Step(
        _("Agree or disagree with a colleague’s proposal"),
        proposed,
        _at("tracing:recoveries", state=tracing.OPEN),
        _("An unlikely candidate needs two officers."),
    )
    yield Step(_("Trace recoveries"), tracing.recoveries(user, state=tracing.OPEN).order_by().count(), _at("tracing:recoveries", state=tracing.OPEN))
    elsewhere = tracing.recoveries(user, state=tracing.NONE_HERE).order_by().count()
    yield Step(_("Ask elsewhere about firearms that this register does not hold"), elsewhere, _at("tracing:recoveries", state=tracing.NONE_HERE))


def _policy(user: User) -> Iterator[Step]:
    by_state: dict[str, list[object]] = {}
    today = clock.today()
    ending = 0
    for measure in measures.measures(user):
        state = measures.state_of(measure, today)
        by_state.setdefault(state, []).append(measure.drafted_by_id)
        ending += state == measures.IN_FORCE and measure.ends_on is not None and measure.ends_on <= today + SOON
    others = [drafter for drafter in by_state.get(measures.PROPOSED, []) if drafter != user.pk]
    yield Step(
        _("Enact or refuse what a colleague proposed"), len(others), _at("measures:list", state=measures.PROPOSED), _("A second officer enacts.")
    )
    yield Step(_("Propose your drafts"), by_state.get(measures.DRAFT, []).count(user.pk), _at("measures:list", state=measures.DRAFT))
    yield Step(_("Measures that end within %(n)d days") % {"n": SOON.days}, ending, _at("measures:list", state=measures.IN_FORCE))
    yield _unpublished(user)


def _unpublished(user: User) -> Step:
    return Step(_("Reports not published yet"), Report.objects.visible_to(user).filter(publication=None), _at("reports:list"))


def _analyst(user: User) -> Iterator[Step]:
    last = Estimate.objects.visible_to(user).filter(end_user=None).order_by("-pk").first()
    if last is None:
        yield Step(_("Make the first estimate"), 1, _at("diversion:estimates"), _("Nothing says yet how many left lawful hands."))
    else:
        since = Confirmation.objects.filter(pk__gt=last.pk, firearm__isnull=False).count()
        yield Step(_("Traces confirmed since the last estimate"), since, _at("diversion:estimates"), _("A new estimate takes them in."))
    yield _unpublished(user)


def _auditor(user: User) -> Iterator[Step]:
    open_alerts = Alert.objects.visible_to(user).open().filter(raised_at__lt=clock.now() - timedelta(days=30))
    yield Step(_("Alerts open for more than 30 days"), open_alerts, _at("alerts:list"), tone="warn")


def _administrator(user: User) -> Iterator[Step]:
    one_factor = User.objects.filter(is_active=True, authenticator=None).distinct()
    yield Step(
        _("Users who sign in with a password alone"), one_factor.count(), _at("accounts:users"), _("Ask each to add an app or a passkey."), "warn"
    )
    ending = ApiToken.objects.filter(revoked_at=None, expires_at__gt=clock.now(), expires_at__lte=clock.now() + timedelta(days=14))
    yield Step(_("API tokens that end within 14 days"), ending, _at("accounts:users"))


def _customs(user: User) -> Iterator[Step]:
    yield Step(_("Licence lines on which customs and the register differ"), len(differences(by=user)), _at("deliveries:differences"), tone="warn")


def _adviser(user: User) -> Iterator[Step]:
    waiting = requests_for(user)
    first = waiting.first()
    url = address("licensing:applications") + f"{first.application.reference}/" if first is not None else ""
    yield Step(_("Give the advice that your body was asked for"), waiting, url, _("The most pressing first."))


STEPS: dict[Role, Callable[[User], Iterator[Step]]] = {
    Role.APPLICANT: _applicant,
    Role.EXPORTER: _exporter,
    Role.CUSTODIAN: _custodian,
    Role.LICENSING_OFFICER: _officer,
    Role.COUNTERSIGNER: _countersigner,
    Role.MONITOR: _monitor,
    Role.TRACING_OFFICER: _tracer,
    Role.POLICY_OFFICER: _policy,
    Role.ANALYST: _analyst,
    Role.AUDITOR: _auditor,
    Role.ADMINISTRATOR: _administrator,
    Role.CUSTOMS: _customs,
    Role.ADVISER: _adviser,
}
