"""The steps that cases share, each by the one whose step it is, by clicking."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from enduse import clock
from tests.cases.conftest import Office
from tests.cases.person import Person

SERIALS = [f"W{345_000 + 17 * n}" for n in range(40)]


def day(offset: int = 0) -> str:
    return (clock.today() + timedelta(days=offset)).isoformat()


def applies(office: Office, *, certificate: str = "EUC-1", quantity: int = 40, consignee: str = "Secretariat of Defence",
            firearm_type: str = "rifle_semi", usd_each: int = 1_100, **more: Any) -> str:
    """The exporter files for the army; the application's reference."""
    exporter = office.exporter.at_desk().follow("New application")
    exporter.choose(capacity="exporter", end_user="Secretariat of Defence", consignee=consignee)
    exporter.types(country="MX", purpose="Service rifles for the 1st military zone", **more)
    line = {"firearm_type": firearm_type, "make": "colt", "calibre": "556nato"}
    exporter.choose(**{f"lines-0-{name}": value for name, value in line.items()})
    exporter.types(**{"lines-0-model": "M4", "lines-0-quantity": quantity, "lines-0-unit_value": usd_each})
    exporter.types(number=certificate, issuer="Secretariat of Defence", signatory="Director of Arms Registration", issued_on=day(-20), expires_on=day(700))
    exporter.choose(no_reexport=True, consents_to_checks=True, verifies_delivery=True).saves("Save the draft")
    reference = exporter.here
    exporter.sees("draft").follow("Submit this draft").saves("Submit").sees("filed", "submitted")
    return reference


def takes_and_screens(officer: Person, application: str) -> Person:
    """The officer opens the case, takes it and compares its parties with the lists."""
    officer.at_desk().finds(application).saves("Take this case").sees("is yours")
    if "Screen the parties" in officer.text:  # not where all of them are clear from an earlier case
        officer.saves("Screen the parties").sees("compared with the current lists")
    return officer


def confirms_certificate(officer: Person) -> Person:
    """From the application: the issuer is asked by a channel of our own and says that the certificate is its own; back to the application."""
    officer.follow("Ask the issuer of the certificate").choose(channel="mission").types(
        asked_whom="Head of the arms office", found_in="Our mission's list").saves("Record the question")
    return officer.follow("Record the issuer's answer").choose(outcome="confirmed").types(
        answered_by="Head of the arms office").saves("Save the answer").sees("confirmed with its issuer")


def assesses(officer: Person, summary: str = "Known end user; nothing speaks against it.", **worse: tuple[str, str]) -> Person:
    """From the application: the criteria in one press but for those that are `worse` (code with _ for .: level, reason); flags low."""
    officer.follow("Assess")
    for code, (level, reason) in worse.items():
        name = f"criteria.{code.strip('_').replace('_', '.')}"
        officer.choose(**{name: level}).types(**{f"{name}.reason": reason})
    officer.follow("Answer what is left with its best answer").sees("Nothing is saved yet")
    for name in unanswered(officer):  # raised flags, and the criteria that they bear on
        officer.choose(**{name: "low"} if name.startswith("flags.") else {}).types(**{f"{name}.reason": "Seen and weighed."})
        if not name.startswith("flags."):
            officer.page.locator(f"main [name='{name}']").first.check()
            officer.clicks += 1
    return officer.types(summary=summary)


def unanswered(officer: Person) -> list[str]:
    """The questions of the page that have no answer yet."""
    return list(officer.page.evaluate(
        "() => [...new Set([...document.querySelectorAll('main input[type=radio]')].map(it => it.name))]"
        ".filter(name => !document.querySelector(`main input[name='${name}']:checked`))"))


def recommends(officer: Person, outcome: str = "approve", note: str = "As assessed.", **conditions: Any) -> Person:
    """From the page of the recommendation."""
    return officer.choose(outcome=outcome, **conditions).types(note=note).saves("Save the recommendation").sees("A countersigner decides")


def works_up(office: Office, application: str, **conditions: Any) -> None:
    """An ordinary case, from the officer's desk to the recommendation to approve."""
    officer = takes_and_screens(office.officer, application)
    confirms_certificate(officer)
    assesses(officer).saves("Save and go on to recommend")
    recommends(officer, **conditions)


def countersigns(countersigner: Person, application: str) -> Person:
    return countersigner.at_desk().finds(application).follow("Read the recommendation and decide").saves("Countersign")


def licence_of(person: Person, application: str) -> str:
    """The licence that stands on the application's page, as this person reads it there."""
    person.at_desk().finds(application).sees("Licensed")
    return person.page.locator("main a[href*='/licensing/licences/L-']").first.inner_text()


def works_up_to_deny(officer: Person, reason: str, **worse: tuple[str, str]) -> None:
    """From the application to the recommendation to deny; what speaks against it is answered worse than best."""
    assesses(officer, "What was learnt outweighs the rest.", **worse).saves("Save and go on to recommend")
    denies(officer, reason)


def denies(officer: Person, reason: str) -> None:
    """From the page of the recommendation: to deny, for this reason."""
    officer.choose(outcome="deny").follow("Choose the reasons")
    officer.choose(reason_codes=[reason]).types(note="Deny.").saves("Save the recommendation").sees("A countersigner decides")


def licensed(office: Office, **asked: Any) -> str:
    application = applies(office, **asked)
    works_up(office, application)
    countersigns(office.countersigner, application).sees("Decided: approve")
    return licence_of(office.exporter, application)


def manifest(office: Office, serials: list[str], firearm_type: str = "rifle_semi") -> Any:
    """A manifest as a maker's spreadsheet saves it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["make", "model", "type", "calibre", "serial", "year", "country"])
    writer.writerows(["Colt", "M4", firearm_type, "5.56x45 mm NATO", serial, "2010", "US"] for serial in serials)
    path = office.folder / f"manifest-{serials[0]}-{len(serials)}.csv"
    path.write_text(text.getvalue())
    return path


def declares(office: Office, licence: str, serials: list[str], consignee: str = "Secretariat of Defence") -> Person:
    exporter = office.exporter.at_desk().follow("Declare a consignment")
    return exporter.choose(licence=licence, carrier="Gulf Freight Line", consignee=consignee).brings(
        manifest=manifest(office, serials)).saves("Declare")


def ships(office: Office) -> str:
    """From the page of a consignment that was just declared; its reference."""
    exporter = office.exporter
    consignment = exporter.here
    exporter.follow("Hand it to the carrier").saves("Ship").sees("shipped")
    return consignment


def receives(office: Office, consignment: str) -> None:
    office.custodian.at_desk().finds(consignment).follow("Count in what arrived").choose(all_seen=True).saves("Record what arrived").sees("delivered")


def verifies(office: Office, consignment: str) -> None:
    office.monitor.at_desk().finds(consignment).follow("Verify the delivery").types(note="Counted at the depot.").saves("Verify").sees("verified")


def publicly(office: Office, licence: str, code: str) -> Person:
    """Anybody checks the licence by what is printed on it."""
    public = office.public.at_desk().follow("Check a licence")
    return public.types(reference=licence, code=code).saves("Check")


def code_of(exporter: Person, licence: str) -> str:
    exporter.at_desk().finds(licence)
    return exporter.page.locator("dt", has_text="Check code").locator("xpath=following-sibling::dd").inner_text()
