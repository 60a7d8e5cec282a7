"""The whole story in Chromium, on the demonstration, each step by its role. Pictures go to docs/tour with ENDUSE_PICTURES=1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.walk.story import manifest
from tests.walk.visitor import Visitor

pytestmark = pytest.mark.browser
TODAY = "2012-01-03"
SERIALS = [f"W{702_000 + 7 * n}" for n in range(30)]


class Cast:
    """The people of the walk, each signed in once."""

    def __init__(self, chromium: Browser, site: str) -> None:
        self._chromium, self._site = chromium, site
        self._known: dict[str, Visitor] = {}

    def __getattr__(self, name: str) -> Visitor:
        if name not in self._known:
            self._known[name] = Visitor(self._chromium, self._site, "" if name == "public" else name)
        return self._known[name]

    def leave(self) -> None:
        for visitor in self._known.values():
            visitor.leave()


@pytest.fixture(scope="module")
def cast(browser: Browser, demo_site: str) -> Iterator[Cast]:
    everybody = Cast(browser, demo_site)
    yield everybody
    everybody.leave()


def test_the_whole_story(cast: Cast, tmp_path: Path) -> None:
    cast.public.go("/").picture("front")
    application = apply(cast)
    waiting = apply(cast, "EUC-WALK-2")
    assess(cast, application)
    assess(cast, waiting)
    licence = decide(cast, application)
    deliver(cast, licence, tmp_path)
    hold_and_lose(cast)
    recovery = recover(cast)
    trace(cast, recovery, waiting)
    measure = understand(cast)
    enforce(cast, measure, waiting, licence, tmp_path)
    publish(cast)


def apply(cast: Cast, certificate: str = "EUC-WALK-1") -> str:
    exporter = cast.exporter.go("/licensing/applications/new/")
    exporter.fill(capacity="exporter", end_user="Secretariat of Defence", consignee="Secretariat of Defence", country="MX",
                  purpose="Rifles for the 1st military zone")
    prefix = exporter.page.locator("table.lines select").first.get_attribute("name")
    assert prefix is not None
    start = prefix.rsplit("-", 1)[0]
    exporter.fill(**{f"{start}-firearm_type": "rifle_assault", f"{start}-make": "colt", f"{start}-model": "M4", f"{start}-calibre": "556nato",
                     f"{start}-quantity": 40, f"{start}-unit_value": "1100"})
    exporter.fill(number=certificate, issuer="Secretariat of Defence", signatory="Director of Arms Registration", issued_on="2011-12-01",
                  expires_on="2013-12-01", no_reexport=True, consents_to_checks=True, verifies_delivery=True)
    exporter.picture("apply").press("Save the draft")
    reference = exporter.here
    exporter.go(f"/licensing/applications/{reference}/submit/").press()
    assert "filed 3 jan 2012" in exporter.go(f"/licensing/applications/{reference}/").text.lower()
    return reference


def assess(cast: Cast, application: str) -> None:
    officer = cast.officer.go(f"/licensing/applications/{application}/screen/").press()
    officer.go(f"/licensing/applications/{application}/").picture("application")
    officer.click("Ask the issuer of the certificate").fill(
        channel="mission", asked_whom="Head of the arms office", found_in="The embassy's list").press()
    officer.click("Record the issuer's answer").fill(outcome="confirmed", answered_by="Head of the arms office").press()
    officer.go(f"/licensing/applications/{application}/assess/")
    for group in officer.page.locator("main form fieldset").all():
        radios = group.locator("input[type=radio]")
        if radios.count():
            radios.first.check()
    for box in officer.page.locator("main form textarea:visible, main form input[type=text]:visible").all():
        box.fill("Weighed on the file and the end user's record.")
    officer.picture("assess").press("Save the assessment")
    officer.go(f"/licensing/applications/{application}/recommend/").fill(outcome="approve", note="Counted units, clear parties.").picture("recommend").press()
    assert "approve" in officer.go(f"/licensing/applications/{application}/").text.lower()


def decide(cast: Cast, application: str) -> str:
    countersigner = cast.countersigner.go(f"/licensing/applications/{application}/decide/").picture("decide").press()
    countersigner.go(f"/licensing/applications/{application}/")
    link = countersigner.page.locator("main a[href*='/licensing/licences/L-']").first
    licence = link.inner_text()
    countersigner.go(f"/licensing/licences/{licence}/").picture("licence")
    return licence


def deliver(cast: Cast, licence: str, folder: Path) -> None:
    exporter, custodian = cast.exporter, cast.custodian
    twice = folder / "twice.csv"
    twice.write_bytes(manifest([*SERIALS, SERIALS[4]]))
    form = {"licence": licence, "carrier": "Gulf Freight Line", "consignee": "Secretariat of Defence"}
    exporter.go("/deliveries/declare/").fill(**form, manifest=twice).press()
    assert "already" in exporter.text
    exporter.picture("manifest-refused")
    good = folder / "manifest.csv"
    good.write_bytes(manifest(SERIALS))
    exporter.go("/deliveries/declare/").fill(**form, manifest=good).press()
    consignment = exporter.here
    exporter.go(f"/deliveries/{consignment}/ship/").press()
    exporter.go(f"/deliveries/{consignment}/").picture("consignment")
    custodian.go(f"/deliveries/{consignment}/receive/").fill(all_seen=True).picture("receive").press()
    assert "delivered" in custodian.go(f"/deliveries/{consignment}/").text.lower()


def hold_and_lose(cast: Cast) -> None:
    custodian = cast.custodian
    custodian.go("/custody/move/").fill(unit="Secretariat of Defence", to_unit="1st military zone", serials="\n".join(SERIALS), occurred_on=TODAY).press()
    custodian.go("/custody/stocktakes/new/").fill(unit="1st military zone", serials="\n".join(SERIALS[:-1]), taken_on=TODAY).press()
    assert "1" in custodian.text
    custodian.picture("stocktake")
    for sort, serial in (("stolen", SERIALS[-1]), ("lost", SERIALS[-2]), ("deserted_with", SERIALS[11])):
        custodian.go("/custody/losses/new/").fill(unit="1st military zone", sort=sort, serials=serial, occurred_on=TODAY, place="Altiplano").press()
        assert "/custody/events/" in custodian.page.url or "/custody/" in custodian.page.url
    custodian.picture("loss")


def recover(cast: Cast) -> str:
    tracer = cast.tracer
    worn = SERIALS[11][:3] + "?" + SERIALS[11][4:]
    tracer.go("/tracing/recoveries/new/").fill(
        marks=worn, make="Colt", firearm_type="rifle_assault", recovered_on=TODAY, place="Tierra Caliente, road check", region="Tierra Caliente",
        country="MX", agency="Federal prosecutor's office", case_reference="PGR-WALK-1")
    tracer.page.wait_for_timeout(1_000)
    tracer.picture("recovery-live").press()
    return tracer.here


def trace(cast: Cast, recovery: str, waiting: str) -> None:
    tracer = cast.tracer.go(f"/tracing/recoveries/{recovery}/")
    assert "none of these" in tracer.text.lower()
    assert SERIALS[11] in tracer.text.replace(" ", "")
    tracer.picture("trace")
    tracer.page.locator("main a[href*='/confirm/f']").first.click()
    tracer.page.wait_for_load_state("networkidle")
    tracer.fill(note="The marks, the make and the type agree.").picture("confirm").press()
    tracer.go(f"/tracing/recoveries/{recovery}/").picture("traced")
    firearm = tracer.page.locator("main a[href*='/custody/firearms/']").first.get_attribute("href")
    tracer.go(str(firearm)).picture("firearm")
    officer = cast.officer.go("/alerts/").picture("alerts")
    assert recovery in officer.text
    assert "on hold" in officer.go(f"/licensing/applications/{waiting}/").text.lower()
    officer.picture("on-hold")
    countersigner = cast.countersigner.go(f"/licensing/applications/{waiting}/")
    countersigner.page.locator("main a[href*='/release/']").first.click()
    countersigner.fill(reason="The loss was reported at once.").press()


def understand(cast: Cast) -> str:
    cast.analyst.go("/diversion/new/").fill(until=TODAY, seed=3).press().picture("estimate")
    assert "lawful hands" in cast.analyst.text
    policy = cast.policy.go("/measures/")
    policy.page.locator("main a[href*='/measures/M-']", has_text="oratorium").or_(
        policy.page.locator("main tr", has_text="oratorium").locator("a[href*='/measures/M-']")).first.click()
    policy.page.wait_for_load_state("networkidle")
    measure = policy.here
    policy.go("/measures/").page.wait_for_load_state("networkidle")
    policy.go("/lab/").page.locator("main a[href*='/lab/S-']").first.click()
    policy.page.wait_for_load_state("networkidle")
    policy.picture("scenario")
    policy.go(f"/measures/{measure}/edit/").fill(starts_on=TODAY).press()
    policy.go(f"/lab/new/?measure={measure}").fill(title="The moratorium alone", measures=[measure], months=24, futures=300).press()
    assert "averts" in policy.text.lower() or "averted" in policy.text.lower()
    policy.go(f"/measures/{measure}/propose/").press()
    cast.policy2.go(f"/measures/{measure}/").picture("measure").go(f"/measures/{measure}/enact/").press()
    assert "in force" in cast.policy2.go(f"/measures/{measure}/").text.lower()
    return measure


def enforce(cast: Cast, measure: str, waiting: str, licence: str, folder: Path) -> None:
    countersigner = cast.countersigner.go(f"/licensing/applications/{waiting}/decide/").press()
    assert measure in countersigner.text
    countersigner.picture("decision-refused")
    more = folder / "more.csv"
    more.write_bytes(manifest([f"W{812_000 + n}" for n in range(5)]))
    exporter = cast.exporter.go("/deliveries/declare/").fill(
        licence=licence, carrier="Gulf Freight Line", consignee="Secretariat of Defence", manifest=more).press()
    assert measure in exporter.text
    exporter.picture("shipment-refused")


def publish(cast: Cast) -> None:
    cast.analyst.go("/reports/new/").fill(title="The walk's report", period_from="2011-01-01", period_until=TODAY, basis="occurred").press()
    report = cast.analyst.here
    policy = cast.policy.go(f"/reports/{report}/")
    policy.page.locator("main form[action$='/publish/'] button, main details summary").first.click()
    if policy.page.locator("main form[action$='/publish/'] button:visible").count():
        policy.page.locator("main form[action$='/publish/'] button:visible").last.click()
    policy.page.wait_for_load_state("networkidle")
    public = cast.public.go(f"/reports/{report}/").picture("report")
    assert "The walk's report" in public.text
    assert "C1" in public.go("/reports/claims/").picture("claims").text
    assert "Entries" in public.go("/log/").picture("log").text or "entries" in public.text
    auditor = cast.auditor.go("/log/verify/").press()
    auditor.page.wait_for_selector("main .notice", timeout=120_000)
    assert "as it was logged" in auditor.text
    auditor.picture("verified")
    cast.custodian.go("/desk/").picture("desk-custodian")
    cast.officer.go("/desk/").picture("desk-officer")
