"""What the register knows around an application: earlier cases, prices, certificates, addresses, changes, what other floors saw.

Each function asks for its rows and gives what answers once everything was asked: so a page reads all of it at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Upper

from enduse import clock
from enduse.alerts.models import Alert
from enduse.licensing import chain, dated, flags, kinds
from enduse.licensing.advisories.models import AdvisoryAnswer, key_of
from enduse.licensing.casework import Decision, Hold, Recommendation
from enduse.licensing.denials import NotifiedDenial
from enduse.licensing.licences import Licence, LicenceLine, LicenceUse
from enduse.licensing.models import Application, ApplicationLine, EndUseCertificate, NamedParty
from enduse.licensing.open_licences import otherwise_named
from enduse.licensing.signs import Sign
from enduse.licensing.standing import LicenceStanding, lives
from enduse.measures.actions import months_before
from enduse.parties.models import Party, PersonnelLine, PersonnelReport
from enduse.parties.queries import below
from enduse.screening.models import HitResolution
from enduse.together import Together, counted

Around = Mapping[str, Callable[[], Any]]
PRICES_LOOKED_AT = 2_000
SAME_SHOWN = 5


def asked_around(application: Application, batch: Together) -> Around:
    """The fields of `flags.Known` that rest on what lies around, each with what answers it."""
    return {
        **asked_around_end_user(application, application.end_user, batch), "same_number": _same_number(application, batch),
        "advised": _advised(application, batch), "prices": _prices(application, batch), "changed": _changed_since(application.end_users(), batch),
        "doubtful_addresses": _doubtful_addresses({party.pk: party for _role, party in application.parties()}, batch),
    }


def asked_around_end_user(application: Application, end_user: Party, batch: Together) -> Around:
    """Those of them that rest on the end user, asked of it, of an ultimate one or of a recipient of an open application."""
    return {
        "personnel": _personnel(end_user, batch), **_open_counts(application, end_user, batch), "signs": _signs(end_user, batch),
        "denied_like": _denied_like(application, end_user, batch), "denied_elsewhere": _denied_elsewhere(application, end_user, batch),
        "calibres_held": _calibres_held(end_user, batch),
    }


def _personnel(end_user: Party, batch: Together) -> Callable[[], tuple[int, date] | None]:
    latest = PersonnelReport.objects.filter(end_user_id=end_user.end_user_id).order_by("-month").values("pk")[:1]
    report = batch.picked(PersonnelReport.objects.filter(pk__in=latest), month="month")
    lines = batch.picked(PersonnelLine.objects.filter(report__in=latest), personnel="personnel")
    return lambda: (sum(line["personnel"] for line in lines), report[0]["month"]) if report else None


def _open_counts(application: Application, end_user: Party, batch: Together) -> Around:
    """How many alerts and holds stand open on the end user."""
    path = end_user.end_user_path
    counts = batch.picked(
        Application.objects.filter(pk=application.pk), alerts=counted(Alert.objects.open().filter(party__in=below(path))),
        holds=counted(Hold.objects.filter(application__end_user__in=below(path), release=None)),
        named=counted(Hold.objects.filter(application__in=otherwise_named(end_user), release=None).exclude(application__end_user__in=below(path))))
    return {"open_alerts": lambda: counts[0]["alerts"], "open_holds": lambda: counts[0]["holds"] + counts[0]["named"]}


def _same_number(application: Application, batch: Together) -> Callable[[], list[str]]:
    """References of other applications whose certificate has the same number."""
    certificate = getattr(application, "certificate", None)
    if certificate is None:
        return list
    same = EndUseCertificate.objects.alias(number_plain=Upper("number")).filter(
        number_plain=Upper(Value(certificate.number)), application__end_user__country=application.end_user.country)
    found = batch.picked(same.exclude(application=application).order_by("pk")[:SAME_SHOWN], pk="pk", reference="application__reference")
    return lambda: _in_order(found)


def _denied_like(application: Application, end_user: Party, batch: Together) -> Callable[[], list[str]]:
    """References of applications for an essentially identical transaction whose denial counts today.

    Essentially identical: the same end user, in whichever role, and destination, and a line of the same type and calibre. A denial counts for the months of the
    rule of the day (`denial_rules`), from the decision that denied; one that is under appeal is a denial until the appeal is decided.
    """
    months = dated.denials_count_for(clock.today())
    if months is None:
        return list
    since = datetime.combine(months_before(clock.today(), months) + timedelta(days=1), time(), UTC)
    later = Decision.objects.filter(application=OuterRef("application"), pk__gt=OuterRef("pk"))
    same = Q(*[(Q(firearm_type=line.firearm_type, calibre=line.calibre)) for line in application.lines.all()], _connector=Q.OR)
    alike = ApplicationLine.objects.filter(same, application=OuterRef("application"))
    rows = Decision.objects.filter(~Exists(later), Exists(alike), outcome=Recommendation.DENY, recorded_at__gte=since).exclude(application=application)
    # In two, so that each is found by its own index.
    said = [batch.picked(part, pk="application_id", reference="application__reference", country="application__country") for part in (
        rows.filter(application__end_user__in=below(end_user.end_user_path)), rows.filter(application__in=otherwise_named(end_user)))]
    return lambda: _in_order({each["pk"]: each for found in said for each in found if each["country"] in application.countries()}.values())


def _denied_elsewhere(application: Application, end_user: Party, batch: Together) -> Callable[[], list[str]]:
    """Notices of other states that denied an essentially identical transaction, where their denial counts today."""
    months = dated.denials_count_for(clock.today())
    if months is None:
        return list
    mine = {(line.firearm_type, line.calibre) for line in application.lines.all()}
    rows = NotifiedDenial.objects.filter(
        denied_on__gt=months_before(clock.today(), months), ended=None, end_user__in=below(end_user.end_user_path),
        country__in=application.countries())
    found = batch.picked(rows, pk="pk", state="state", number="number", lines="lines")

    def answer() -> list[str]:
        like = [each for each in found if mine & {(line["firearm_type"], line["calibre"]) for line in each["lines"]}]
        return [f"{each['state']} {each['number']}" for each in sorted(like, key=lambda each: each["pk"])]
    return answer


def _advised(application: Application, batch: Together) -> Callable[[], list[flags.Advised]]:
    """How enquiries about the end user, an ultimate one or a recipient were answered: about the same body, or one of the same name and country."""
    end_users = application.end_users()
    same = Q(advisory__key__in={key_of(party.name, party.country) for party in end_users})
    for party in end_users:
        same |= Q(advisory__end_user__path__startswith=party.end_user_path)
    found = batch.picked(AdvisoryAnswer.objects.filter(same), pk="pk", reference="advisory__reference", outcome="outcome", at="recorded_at",
                         whose="advisory__end_user__name")
    return lambda: [flags.Advised(each["reference"], each["outcome"], each["at"].date(), each["whose"]) for each in sorted(found, key=lambda each: -each["pk"])]


def _in_order(found: Any) -> list[str]:
    return [each["reference"] for each in sorted(found, key=lambda each: each["pk"])]


def _prices(application: Application, batch: Together) -> Callable[[], dict[tuple[str, str, str], list[int]]]:
    """What the same types of firearm were licensed at before, by type, make and model."""
    # Asked of each line in its turn, from the newest on: all that was ever licensed would be sorted otherwise.
    licensed = Licence.objects.filter(application=OuterRef("application")).order_by()
    rows = ApplicationLine.objects.filter(
        Exists(licensed), firearm_type__in={line.firearm_type for line in application.lines.all()}, unit_value_cents__gt=0
    ).exclude(application=application)
    found = batch.picked(rows.order_by("-pk")[:PRICES_LOOKED_AT], pk="pk", type="firearm_type", make="make", model="model", cents="unit_value_cents")

    def answer() -> dict[tuple[str, str, str], list[int]]:
        earlier: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for each in sorted(found, key=lambda each: -each["pk"]):
            earlier[(each["type"], each["make"], each["model"])].append(each["cents"])
        return earlier
    return answer


def _signs(end_user: Party, batch: Together) -> Callable[[], dict[str, list[Sign]]]:
    """What other floors saw of an end user that counts today, the latest first, by the flag that it raises."""
    today = clock.today()
    seen = batch.rows(Sign.objects.filter(end_user_id=end_user.end_user_id, ended_on=None, counts_from__lte=today,
                                          seen_on__gte=today - flags.SIGNS_COUNT_FOR).order_by("-seen_on", "-pk"))

    def answer() -> dict[str, list[Sign]]:
        found: dict[str, list[Sign]] = defaultdict(list)
        for sign in seen:
            found[sign.code].append(sign)
        return found
    return answer


KEPT = "application__licence__kept__"
CHANGING = ("applicant", "seller", "consignee", "end_user")


def _changed_since(end_users: Iterable[Party], batch: Together) -> Callable[[], list[tuple[str, date, str]]]:
    """Parties of these end users' live licences that were changed after the licence was issued."""
    told = [_changed_on_licences(party, batch) for party in end_users]
    return lambda: list({change[0]: change for answer in told for change in answer()}.values())


def _changed_on_licences(end_user: Party, batch: Together) -> Callable[[], list[tuple[str, date, str]]]:
    # Those of the day itself too: it is left out below, since asking the database for the day of each would be felt.
    later = Q(*[(f"application__{role}__changed_at__gt", F("licence__issued_on")) for role in CHANGING], _connector=Q.OR)
    live = LicenceStanding.objects.live(clock.today())
    own, others = {"end_user__in": below(end_user.end_user_path)}, {"application__in": otherwise_named(end_user)}
    parts: dict[str, Any] = {f"{role}_{name}": f"application__{role}__{name}" for role in CHANGING for name in ("id", "name", "changed_at")}
    licences = [batch.picked(live.filter(later, **which), pk="pk", reference="licence__reference", issued_on="licence__issued_on", **parts)
                for which in (own, others)]
    # Whom the licence names besides, in roles that several may have.
    named = [batch.picked(
        rows.filter(lives(clock.today(), KEPT), party__changed_at__gt=F("application__licence__issued_on"), **which),
        row="pk", pk="party_id", name="party__name", at="party__changed_at", reference="application__licence__reference",
        issued_on="application__licence__issued_on") for which in ({f"{KEPT}end_user__in": below(end_user.end_user_path)}, others) for rows in (
            NamedParty.objects.filter(role=chain.ULTIMATE_END_USER), Application.recipients.through.objects.filter(application__kind=kinds.OPEN))]

    def answer() -> list[tuple[str, date, str]]:
        found: dict[int, tuple[str, date, str]] = {}
        for licence in sorted((each for part in licences for each in part), key=lambda each: each["pk"]):
            for role in CHANGING:
                changed_at = licence[f"{role}_changed_at"]
                if changed_at is not None and changed_at.date() > licence["issued_on"]:
                    found[licence[f"{role}_id"]] = (licence[f"{role}_name"], changed_at.date(), licence["reference"])
        for each in sorted((each for part in named for each in part), key=lambda each: each["reference"]):
            if each["at"].date() > each["issued_on"]:
                found.setdefault(each["pk"], (each["name"], each["at"].date(), each["reference"]))
        return list(found.values())
    return answer


def _calibres_held(end_user: Party, batch: Together) -> Callable[[], dict[str, str]]:
    """The calibres that were taken for this end user under the licences that name it, each with the latest of those licences."""
    inside = below(end_user.end_user_path)
    used = LicenceUse.objects.filter(line=OuterRef("pk"), quantity__gt=0)
    # A use of an open licence says for whom it was.
    for_it = used.filter(Q(end_user__in=inside) | ~Q(line__licence__application__kind=kinds.OPEN))
    said = []
    for rows, reached in ((LicenceLine.objects.filter(Exists(used)), {"end_user__in": inside}),
                          (LicenceLine.objects.filter(Exists(for_it)), {"application__in": otherwise_named(end_user)})):
        own = rows.filter(licence__in=LicenceStanding.objects.filter(**reached).values("pk"))
        latest = own.order_by().values("calibre").annotate(latest=Max("licence")).values("latest")
        said.append(batch.picked(rows.filter(licence__in=latest), distinct=True, calibre="calibre", reference="licence__reference", licence="licence_id"))
    return lambda: {each["calibre"]: each["reference"] for each in sorted((each for part in said for each in part), key=lambda each: each["licence"])}


def _doubtful_addresses(parties: dict[int, Party], batch: Together) -> Callable[[], dict[str, list[str]]]:
    """Parties that give the address of another which is on a list or whose application was denied."""
    given = {party.address.strip().casefold(): party for party in parties.values() if party.address.strip()}
    if not given:
        return dict
    asked = Q(*[("address__iexact", address) for address in given], _connector=Q.OR)
    listed = HitResolution.objects.filter(outcome=HitResolution.TRUE_MATCH, hit__screening__party=OuterRef("pk"))
    denied = Decision.objects.filter(Q(application__applicant=OuterRef("pk")) | Q(application__end_user=OuterRef("pk")), outcome=Recommendation.DENY)
    others = batch.picked(Party.objects.filter(asked).exclude(pk__in=parties).filter(Exists(listed) | Exists(denied)), name="name", address="address")

    def answer() -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for other in sorted(others, key=lambda each: each["name"]):
            found[given[other["address"].strip().casefold()].name].append(other["name"])
        return found
    return answer
