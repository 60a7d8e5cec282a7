"""Open licences: who may be named, what they carry, and what must be registered and filed before anything moves under one."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from enduse import clock, reference
from enduse.alerts.models import Alert
from enduse.certificates import actions as certificates
from enduse.deliveries.actions import cancel, declare, ship
from enduse.deliveries.models import Consignment
from enduse.ledger.actions import record
from enduse.ledger.verification import verify
from enduse.licensing import actions, dated, kinds
from enduse.licensing.actions.deciding import months_later
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application, EndUseCertificate, FirstUse, Licence, LicenceUse, Undertaking
from enduse.measures.models import Measure
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, Refused
from enduse.screening.actions import screen
from tests.cli.conftest import run
from tests.deliveries import given as deliveries
from tests.licensing import given
from tests.licensing.given import open_licence, undertaken
from tests.licensing.test_kinds import fields_of
from tests.licensing.test_pages import application_words
from tests.licensing.test_the_holes import at, refused_everywhere
from tests.measures import given as measures
from tests.tampering import sql

__all__ = ["run"]


@pytest.fixture
def guard(db):
    """Another end user, in another country."""
    return register(name="Presidential guard", kind=Party.ARMED_FORCE, country="GT", by=None)


def sent(people, licence: Licence, to: Party, guns: Any, *, on: Undertaking | None = None, carrier: Party | None = None) -> Consignment:
    return declare(licence, manifest=guns, manifest_sha256=deliveries.digest(guns), carrier=carrier or people.carrier, consignee=to, by=people.exporter,
                   undertaking=on)


@pytest.mark.parametrize(("asked", "fields"), [
    (KindAsked("open"), {"recipients"}),
    (KindAsked("open", destinations=("Guatemala",)), {"destinations"}),
    (KindAsked("individual", destinations=("GT",)), {"destinations"}),
])
def test_an_open_licence_names_recipients_or_lists_countries_and_no_other_kind_does(people, asked, fields):
    with pytest.raises(Invalid) as refused:
        given.drafted(people, kind=asked, certificate=None)
    assert fields_of(refused) == fields


def test_a_recipient_stands_in_a_listed_country_and_at_the_top_of_its_tree(people, guard):
    with pytest.raises(Invalid) as refused:
        given.drafted(people, kind=KindAsked("open", recipients=(guard, people.zone)), certificate=None)
    assert fields_of(refused) == {"destinations", "recipients"}
    with pytest.raises(Invalid, match="An open licence is an exporter's"):
        given.drafted(people, by=people.applicant, capacity=Application.BUYING_GOVERNMENT, kind=KindAsked("open", recipients=(people.police,)))


def test_an_open_licence_runs_five_years_and_carries_first_use_and_returns_and_its_recipients_are_screened(people, guard):
    licence = open_licence(people, guard)
    assert licence.expires_on == months_later(clock.today(), 60)
    assert licence.conditions == [{"code": "FIRSTUSE", "parameters": {}}, {"code": "RETURNS", "parameters": {"months": 6, "days": 30}}]
    assert [row.number for row in licence.return_periods.all()][-1] == 11  # ten of six months, and the last day
    assert ("recipient", guard) in licence.application.parties()
    assert licence.application.as_words()["recipients"] == [guard.pk]
    assert verify().differences == ()


def test_an_open_application_stands_on_no_certificate_only_while_a_rule_asks_for_one_a_consignment(people, guard, monkeypatch):
    drafted = given.drafted(people, kind=KindAsked("open", recipients=(guard,), destinations=("GT",)), certificate=None)
    monkeypatch.setattr(dated, "undertaking_per_consignment", lambda on: None)
    with pytest.raises(Invalid, match="The end-use certificate is missing"):
        actions.submit(drafted, by=people.exporter)
    monkeypatch.undo()
    assert actions.submit(drafted, by=people.exporter).state == "submitted"
    assert not EndUseCertificate.objects.exists()


def test_nothing_is_declared_for_a_recipient_before_its_first_use_is_registered(people, guard):
    licence = open_licence(people, guard)
    with pytest.raises(Refused, match="for Presidential guard is not registered"):
        sent(people, licence, guard, deliveries.guns(2))
    actions.register_first_use(licence, end_user=guard, records_at="12 Mill Road", by=people.exporter)
    alert = Alert.objects.get(kind=Alert.FIRST_USE)
    assert (alert.party, "begins to use" in alert.because) == (guard, True)
    with pytest.raises(Refused, match="is registered already"):
        actions.register_first_use(licence, end_user=guard, records_at="12 Mill Road", by=people.exporter)


def test_a_recipient_registered_in_a_listed_country_is_screened_before_anything_goes_to_it(people, guard):
    licence = open_licence(people, destinations=("GT",))
    first = actions.register_first_use(licence, end_user=guard, records_at="12 Mill Road", by=people.exporter)
    with pytest.raises(Refused, match="is not clear against the current lists"):
        sent(people, licence, guard, deliveries.guns(2), on=undertaken(people, licence, guard))
    screen(guard, by=people.officer)
    assert sent(people, licence, guard, deliveries.guns(2), on=undertaken(people, licence, guard)).state == "declared"
    assert first.licence.end_user_of(Consignment.objects.get().reference) == guard
    given.loaded_list(people.officer, ("Somebody Else", "Person"), source="another list")
    assert actions.rescreen_licensed_parties(by=people.officer).parties > 1  # whoever was registered is compared again with what changed


def test_who_is_not_on_the_licence_is_registered_for_nothing_and_receives_nothing(run, people, guard):
    licence = open_licence(people, guard)
    with pytest.raises(Refused, match="does not name Costa state police"):
        actions.register_first_use(licence, end_user=people.police, records_at="x", by=people.exporter)
    with pytest.raises(IntegrityError, match="neither names this end user"), transaction.atomic():
        record(FirstUse(licence=licence, end_user=people.police, records_at="x"), by=people.exporter)
    answered = at(people.exporter).post(f"/api/licensing/licences/{licence.reference}/first-uses", {"end_user": people.police.pk, "records_at": "x"},
                                        content_type="application/json")
    assert (answered.status_code, "neither names" in answered.content.decode()) == (422, True)
    page = at(people.exporter).post(f"/licensing/licences/{licence.reference}/first-use/", {"end_user": people.police.pk, "records_at": "x"})
    assert "Nobody who may be named here" in page.content.decode()
    said = run("licensing", "register-first-use", licence.reference, "--end-user", str(people.police.pk), "--records-at", "x", by=people.exporter)
    assert said.exit_code != 0
    with pytest.raises(Refused, match="does not name Costa state police as consignee"):
        sent(people, licence, people.police, deliveries.guns(2))
    forged = Consignment(reference="C-0000-0001", licence=licence, seller=people.maker, carrier=people.carrier, consignee=people.police,
                         declared_on=clock.today(), manifest_sha256="0" * 64, undertaking=undertaken(people, licence, guard))
    with pytest.raises(IntegrityError, match="does not name this consignee"), transaction.atomic():
        record(forged, by=people.exporter)


def test_a_consignment_carries_its_own_end_users_confirmed_undertaking(people, guard):
    licence = open_licence(people, guard, used=True)
    with pytest.raises(Refused, match="carries the undertaking of its end user"):
        sent(people, licence, guard, deliveries.guns(2))
    forged = Consignment(reference="C-0000-0001", licence=licence, seller=people.maker, carrier=people.carrier, consignee=guard,
                         declared_on=clock.today(), manifest_sha256="0" * 64)
    with pytest.raises(IntegrityError, match="stands on its end user's undertaking"), transaction.atomic():
        record(forged, by=people.exporter)
    with pytest.raises(Refused, match="is not one of Presidential guard"):
        sent(people, licence, guard, deliveries.guns(2), on=undertaken(people, licence, people.army))
    with pytest.raises(Refused, match="has not confirmed it"):
        sent(people, licence, guard, deliveries.guns(2), on=undertaken(people, licence, guard, confirm=False))
    own = undertaken(people, licence, guard)
    first = sent(people, licence, guard, deliveries.guns(2), on=own)
    assert own.consignments() == [first.reference]
    with pytest.raises(Refused, match="A certificate is used once"):
        sent(people, licence, guard, deliveries.guns(2, start=50), on=own)
    cancel(first, reason="Another carrier.", by=people.exporter)
    assert own.certificate.used() == 0
    assert licence.remaining() == licence.quantity()


def test_an_undertaking_for_a_quantity_carries_no_more_over_several_consignments(people, guard):
    licence = open_licence(people, guard, used=True)
    own = undertaken(people, licence, guard, single_use=False, quantity=5)
    sent(people, licence, guard, deliveries.guns(3), on=own)
    with pytest.raises(Refused, match="covers 5 firearms, of which other applications take 3"):
        sent(people, licence, guard, deliveries.guns(3, start=50), on=own)
    assert sent(people, licence, guard, deliveries.guns(2, start=50), on=own).state == "declared"


def test_a_recalled_undertaking_ships_nothing_and_a_barred_region_receives_nothing(people, guard):
    licence = open_licence(people, guard, used=True)
    unit = register(name="Guard of the coast", kind=Party.ARMED_FORCE, country="GT", region="Costa", parent=guard, by=None)
    with pytest.raises(Refused, match="bars Guard of the coast"):
        sent(people, licence, unit, deliveries.guns(1), on=undertaken(people, licence, guard, barred_regions=["Costa"]))
    own = undertaken(people, licence, guard)
    waiting = sent(people, licence, guard, deliveries.guns(2), on=own)
    actions.challenge_certificate(own.certificate, sort="recalled", reason="The minister changed.", by=people.officer)
    assert Alert.objects.filter(kind=Alert.CERTIFICATE, because__contains=licence.reference).exists()
    with pytest.raises(Refused, match="is recalled: nothing moves on it"):
        ship(waiting, by=people.exporter)


def test_each_line_of_an_open_licence_has_a_ceiling_over_all_recipients_by_action_and_raw_sql(people, guard):
    licence = open_licence(people, guard, lines=[deliveries.line(5)], used=True)
    sent(people, licence, guard, deliveries.guns(3), on=undertaken(people, licence, guard))
    with pytest.raises(Refused, match="permits 2 more of line 1"):
        sent(people, licence, people.army, deliveries.guns(3, start=50), on=undertaken(people, licence, people.army))
    line = licence.lines.get()
    with pytest.raises(IntegrityError, match="more than the licence line permits"), transaction.atomic():
        LicenceUse.objects.create(line=line, quantity=3, consignment="C-2", end_user=guard)
    for end_user in (None, people.police):
        with pytest.raises(IntegrityError, match="only for an end user whose first use is registered"), transaction.atomic():
            LicenceUse.objects.create(line=line, quantity=1, consignment="C-2", end_user=end_user)


def test_raw_sql_cannot_add_a_recipient_or_a_country_once_licensed(people, guard):
    licence = open_licence(people, guard)
    with pytest.raises(IntegrityError, match="what was licensed is never edited"), transaction.atomic():
        sql("INSERT INTO licensing_application_recipients (application_id, party_id) VALUES (%s, %s)", licence.application_id, people.police.pk)
    with pytest.raises(IntegrityError, match="what was licensed is never edited"), transaction.atomic():
        Application.objects.filter(pk=licence.application_id).update(destinations=["GT", "SV"])
    with pytest.raises(IntegrityError, match="are never edited"), transaction.atomic():
        licence.return_periods.update(due_on=clock.today() + timedelta(days=9_000))


def test_a_suspended_open_licence_declares_and_ships_nothing_and_registers_nobody(run, people, guard):
    licence = open_licence(people, guard, used=True)
    waiting = sent(people, licence, guard, deliveries.guns(2), on=undertaken(people, licence, guard))
    actions.suspend(licence, reason="A trace.", by=people.officer)
    refused_everywhere(
        run, people.exporter, f"/deliveries/{waiting.reference}/ship/", {"on": licence.issued_on},
        ("deliveries", "ship", f"/api/deliveries/consignments/{waiting.reference}/ship", {}), waiting.reference, says="is suspended since")
    with pytest.raises(Refused, match="is suspended since"):
        sent(people, licence, people.army, deliveries.guns(2, start=50))
    with pytest.raises(Refused, match="is suspended since"):
        actions.file_undertaking(licence, end_user=guard, words=words("EUC-99"), by=people.exporter)


def words(number: str) -> certificates.CertificateWords:
    return certificates.CertificateWords(number=number, issuer="Ministry", signatory="The colonel", issued_on=clock.today(),
                                         expires_on=clock.today() + timedelta(days=300))


def test_a_moratorium_on_one_recipients_country_stops_what_goes_there_alone(people, guard):
    licence = open_licence(people, guard, used=True)
    to_guard, to_army = undertaken(people, licence, guard), undertaken(people, licence, people.army)
    measures.enacted(people, kind=Measure.MORATORIUM, end_user=None, country="GT")
    with pytest.raises(Refused, match="is in force until"):
        sent(people, licence, guard, deliveries.guns(2), on=to_guard)
    assert sent(people, licence, people.army, deliveries.guns(2), on=to_army).state == "declared"


def test_an_open_licence_is_asked_for_on_the_web_and_its_pages_show_recipients_and_paper(people, guard):
    client = at(people.exporter)
    form = application_words(people, kind="open", recipients=[guard.pk], destinations="gt", number="", issuer="", signatory="", issued_on="", expires_on="")
    client.post("/licensing/applications/new/", form)
    application = Application.objects.get()
    assert (application.kind, application.destinations, list(application.recipients.all())) == ("open", ["GT"], [guard])
    again = client.get(f"/licensing/applications/{application.reference}/edit/").context["form"].initial
    assert (again["recipients"], again["destinations"]) == ([guard], "GT")
    client.post(f"/licensing/applications/{application.reference}/submit/")
    licence = given.licensed(people, application=given.assessed(people, given.screened(people, application)))
    page = client.get(f"/licensing/licences/{licence.reference}/").content.decode()
    assert "Presidential guard" in page
    assert "not registered: nothing is declared for it" in page
    answer = client.post(f"/licensing/licences/{licence.reference}/first-use/", {"end_user": guard.pk, "records_at": "12 Mill Road"}, follow=True)
    assert "12 Mill Road" in answer.content.decode()
    told = {"end_user": guard.pk, "number": "U-7", "issuer": "Ministry", "signatory": "The minister", "issued_on": clock.today(),
            "expires_on": clock.today() + timedelta(days=90), "single_use": "on", "no_reexport": "on"}
    assert "U-7" in client.post(f"/licensing/licences/{licence.reference}/undertakings/", told, follow=True).content.decode()
    found = Undertaking.objects.get()
    shown = client.get(f"/api/licensing/licences/{licence.reference}/undertakings").json()
    assert [(each["id"], each["number"], each["state"]) for each in shown] == [(found.pk, "U-7", "received")]
    assert [each["end_user_name"] for each in client.get(f"/api/licensing/licences/{licence.reference}/first-uses").json()] == ["Presidential guard"]
    paper = client.get(f"/licensing/licences/{licence.reference}/paper/")
    assert paper["Content-Type"] == "application/pdf"
    assert "Open export" in client.get("/licensing/rules/").content.decode()


def test_an_open_consignment_is_declared_over_the_api_with_its_undertaking(people, guard):
    licence = open_licence(people, guard, used=True)
    own = undertaken(people, licence, guard)
    file = io.BytesIO(b"make,model,type,calibre,serial,year,country\ncolt,M4,rifle_assault,556nato,W1,2006,US\n")
    file.name = "manifest.csv"
    answered = at(people.exporter).post("/api/deliveries/consignments", {
        "manifest": file, "licence": licence.reference, "carrier": people.carrier.pk, "consignee": guard.pk, "undertaking": own.pk})
    assert answered.status_code == 201, answered.content
    assert answered.json()["undertaking"] == own.pk


def test_the_kind_and_its_conditions_are_rows_of_plain_tables(db):
    assert {"FIRSTUSE", "RETURNS"} <= set(reference.table("licence_conditions"))
    assert kinds.asks("open") == {"recipients"}


def test_an_open_licence_is_replaced_for_its_balance_with_the_same_recipients(people, guard):
    licence = open_licence(people, guard, used=True)
    sent(people, licence, guard, deliveries.guns(4), on=undertaken(people, licence, guard))
    draft = actions.draft_replacement(licence, by=people.exporter)
    assert (draft.kind, list(draft.recipients.all()), draft.lines.get().quantity) == ("open", [guard], licence.quantity() - 4)
