"""Applications and licences at each step, made by the product's own actions."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.certificates import actions as certificates
from enduse.certificates.models import Certificate
from enduse.certificates.states import is_vouched_for, standing
from enduse.licensing import actions
from enduse.licensing.flags import raised
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application, Licence, Recommendation, Undertaking
from enduse.licensing.queries import known
from enduse.parties.models import Party
from enduse.screening.actions import load_list, screen_all
from enduse.screening.models import ListVersion
from tests.given import People

RIFLES = actions.LineAsked(firearm_type="rifle_semi", calibre="556nato", quantity=100, unit_value_cents=90_000, make="colt", model="M4")

OPEN_LINE = actions.LineAsked(firearm_type="rifle_assault", calibre="556nato", quantity=100, unit_value_cents=90_000)


def list_file(*listed: tuple[str, str]) -> io.BytesIO:
    """A small list in a CSV of one's own: (name, schema) each."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "schema", "name"])
    writer.writerows((f"X-{number}", schema, name) for number, (name, schema) in enumerate(listed, start=1))
    return io.BytesIO(text.getvalue().encode())


MAPPING = {"id": "id", "schema": "schema", "name": "name"}


def loaded_list(by: User, *listed: tuple[str, str], source: str = "test list") -> ListVersion:
    names = listed or (("Nobody Known Here Ltd", "Company"),)
    return load_list(list_file(*names), by=by, source=source, mapping=MAPPING, file_name=f"{source}.csv")


def certificate(number: str = "", **changes: Any) -> actions.CertificateGiven:
    number = number or f"EUC-{Application.objects.count() + 1}"
    given = {"number": number, "issuer": "Ministry of Defence", "signatory": "Colonel in charge of procurement",
             "issued_on": clock.today() - timedelta(days=30), "expires_on": clock.today() + timedelta(days=700)}
    return actions.CertificateGiven(**{**given, **changes})


def drafted(people: People, *, by: User | None = None, lines: list[actions.LineAsked] | None = None, **changes: Any) -> Application:
    asked: dict[str, Any] = {
        "capacity": Application.EXPORTER, "end_user": people.army, "consignee": people.army, "country": "MX",
        "purpose": "Service rifles for the 1st military zone", "lines": lines or [RIFLES], "certificate": certificate(),
    }
    return actions.draft(by=by or people.exporter, **{**asked, **changes})


def submitted(people: People, *, by: User | None = None, **changes: Any) -> Application:
    by = by or people.exporter
    return actions.submit(drafted(people, by=by, **changes), by=by)


def screened(people: People, application: Application) -> Application:
    if not ListVersion.objects.exists():
        loaded_list(people.officer)
    screen_all([party for _role, party in application.parties()], by=people.officer)
    return application


def answers(**changes: str) -> dict[str, dict[str, str]]:
    """Every criterion at its best level; `changes` by code with '_' for '.', such as `_7_3="yes"`."""
    given = {code: {"level": entry.more["levels"].split("|")[0], "reason": ""} for code, entry in reference.table("criteria").items()}
    for code, level in changes.items():
        given[code.strip("_").replace("_", ".")] = {"level": level, "reason": "As the reports say."}
    return given


def flag_answers(application: Application) -> dict[str, dict[str, str]]:
    return {code: {"level": "low", "reason": "Known and accepted."} for code in raised(known(application))}


def assessed(people: People, application: Application | None = None, **changes: Any) -> Application:
    application = application or screened(people, submitted(people, **changes))
    actions.assess(application, criteria=answers(), flags=flag_answers(application), summary="Little speaks against it.", by=people.officer)
    return Application.objects.get(pk=application.pk)


def confirmed(people: People, application: Application) -> Application:
    """The issuer of its certificate was asked by a channel of our own and says that it is its own."""
    certificate = Certificate.objects.filter(filed_as__application=application).first()
    if certificate is not None:
        vouched_for(people, certificate)
    return application


def vouched_for(people: People, certificate: Certificate) -> Certificate:
    if not is_vouched_for(certificate):
        inquiry = certificates.inquire(certificate, channel="mission", asked_whom="Head of the arms office", found_in="Our mission's list", by=people.officer)
        actions.answer_inquiry(inquiry, outcome="confirmed", answered_by="Head of the arms office", by=people.officer)
    return certificate


def is_challenged(application: Application) -> bool:
    return any(standing(each) for each in Certificate.objects.filter(filed_as__application=application))


def recommended(people: People, application: Application | None = None, *, outcome: str = Recommendation.APPROVE, conditions: Any = (),
                reason_codes: Any = (), **changes: Any) -> Application:
    application = application or assessed(people, **changes)
    if outcome == Recommendation.APPROVE and not is_challenged(application):
        confirmed(people, application)
    actions.recommend(application, outcome=outcome, conditions=conditions, reason_codes=reason_codes, note="As assessed.", by=people.officer)
    return Application.objects.get(pk=application.pk)


def licensed(people: People, **changes: Any) -> Licence:
    """An approved application's licence."""
    application = recommended(people, **changes)
    actions.decide(application, by=people.countersigner)
    return Licence.objects.get(application=application)


def open_licence(people: People, *recipients: Party, destinations: Sequence[str] = (), lines: list[actions.LineAsked] | None = None,
                 used: bool = False) -> Licence:
    """An open licence for the army and others; `used`: the first use for each is registered."""
    countries = tuple(dict.fromkeys([*destinations, *(party.country for party in recipients if party.country != "MX")]))
    licence = licensed(people, kind=KindAsked("open", recipients=recipients, destinations=countries), certificate=None, lines=lines or [OPEN_LINE])
    for party in (people.army, *recipients) if used else ():
        actions.register_first_use(licence, end_user=party, records_at="12 Mill Road", by=people.exporter)
    return licence


def undertaken(people: People, licence: Licence, end_user: Party, *, confirm: bool = True, **changes: Any) -> Undertaking:
    """The end user's certificate for consignments under an open licence, confirmed by its issuer."""
    given = {"number": f"U-{Undertaking.objects.count() + 1}", "issuer": "Ministry of Defence", "signatory": "Colonel in charge of procurement",
             "issued_on": clock.today() - timedelta(days=3), "expires_on": clock.today() + timedelta(days=300)}
    made = actions.file_undertaking(licence, end_user=end_user, words=certificates.CertificateWords(**{**given, **changes}), by=people.exporter)
    if confirm:
        vouched_for(people, made.certificate)
    return Undertaking.objects.get(pk=made.pk)


def approved_above_threshold(people: People, second: User) -> Application:
    """Approved by two countersigners; the legislature is to be told before its licence is issued."""
    rifles = actions.LineAsked(firearm_type="rifle_assault", calibre="556nato", quantity=2_000, unit_value_cents=90_000, make="colt", model="M4")
    application = recommended(people, lines=[rifles])
    actions.decide(application, by=people.countersigner)
    actions.decide(application, by=second)
    return Application.objects.get(pk=application.pk)


def notified(people: People, second: User) -> Application:
    application = approved_above_threshold(people, second)
    actions.notify(application, letter="Transmittal 26-001", by=people.officer)
    return Application.objects.get(pk=application.pk)


def revoked(people: People, licence: Licence) -> Licence:
    """Ended for good by two officers."""
    actions.agree(actions.propose_revocation(licence, reason="Resold.", by=people.officer), by=people.countersigner)
    return Licence.objects.get(pk=licence.pk)


def some_day(days_ago: int = 0) -> date:
    return clock.today() - timedelta(days=days_ago)
