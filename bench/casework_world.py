"""A world of many applications over fifteen years, made in bulk: each with its lines, parties, certificate, casework, decision and licence.

What a person would have made with the floor's actions stands here in the same rows, with the same facts and the same leaves.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bulk import FLUSH_AT, Writer
from casework_people import BEGUN, People
from casework_people import make as make_people

from enduse import clock, reference
from enduse.alerts.models import Alert
from enduse.certificates.models import Certificate, CertificateUse, Challenge, Inquiry, InquiryAnswer, key_of
from enduse.licensing.actions.deciding import months_later
from enduse.licensing.models import (
    Appeal,
    Application,
    ApplicationLine,
    Assessment,
    CaseEvent,
    Decision,
    EndUseCertificate,
    Hold,
    HoldRelease,
    Licence,
    LicenceChange,
    LicenceLine,
    LicenceUse,
    Recommendation,
    Submission,
    Withdrawal,
)
from enduse.parties.models import Party
from enduse.screening.compared import as_listed, plainly
from enduse.screening.models import Hit, ListVersion, Screening

ORDER = (Party, ListVersion, Screening, Screening.lists.through, Hit, Application, Application.intermediaries.through, ApplicationLine, Certificate, CertificateUse,
         EndUseCertificate, Submission, CaseEvent, Hold, HoldRelease, Inquiry, InquiryAnswer, Assessment, Recommendation, Decision, Appeal, Withdrawal,
         Licence, LicenceLine, LicenceUse, LicenceChange, Challenge, Alert)
TYPES = ("rifle_semi", "pistol_semi", "revolver", "shotgun_pump", "rifle_bolt")
KIND_OF = {"rifle_semi": ("556nato", "762nato"), "pistol_semi": ("9para", "45acp"), "revolver": ("38spl", "357mag"), "shotgun_pump": ("12ga",), "rifle_bolt": ("762nato",)}
USES = ("Service rifles", "Sidearms for patrols", "Replacement of worn weapons", "Training of recruits", "Border posts", "Guards of public buildings", "Reserve stock",
        "Mountain units", "Coastal patrols", "Escort of convoys", "Prison guards", "Marksmen", "Instruction at the academy", "Riot units", "Presidential escort")
ASKED = ("Which units will hold them?", "Please send the order confirmation.", "Who carries the goods from the port?", "The value differs from the order: which is right?")
NOTED = ("Called the end user; the contact confirmed the order.", "Price looks high against earlier cases.", "Embassy report requested.", "Checked against the register.")
FLAGS = ("URGENT", "HIGHVALUE", "AUTOMATIC", "NEWUSER", "PRESS", "LEGAL")
STAGES = ("submitted", "in_review", "asked", "held", "assessed", "recommended")


class World:
    """Writes the cases one after another, in the order in which they were filed."""

    def __init__(self, applications: int, seed: int = 1) -> None:
        self.count, self.chance, self.writer = applications, random.Random(seed), Writer(ORDER)
        self.numbers: Counter[str] = Counter()
        self.today = clock.today()
        self.end = datetime(self.today.year, self.today.month, self.today.day, 6, tzinfo=UTC)
        self.step = (self.end - BEGUN) / applications
        self.weights: list[float] = []
        models = ("M4", "PX4", "586", "870", "700", "SCAR", "P320", "G17", "MINI-14", "AR-10")
        makes = list(reference.table("makes"))[:8]
        self.goods = [(kind, calibre, make, models[(place + each) % len(models)]) for place, kind in enumerate(self._types())
                      for calibre in self._calibres(kind) for each, make in enumerate(makes)]
        self.criteria = {code: entry.more["levels"].split("|") for code, entry in reference.table("criteria").items()}
        self.queues = list(reference.table("queues"))

    def _types(self) -> list[str]:
        there = reference.table("firearm_types")
        return [code for code in TYPES if code in there] or list(there)[:4]

    def _calibres(self, kind: str) -> list[str]:
        there = reference.table("calibres")
        return [code for code in KIND_OF.get(kind, ()) if code in there] or list(there)[:2]

    def make(self, tell: Callable[[int], None]) -> People:
        self.people = make_people(self.writer, self.chance, makers=400, brokers=300)
        # Trade is uneven: a few makers and end users have a large share of the cases.
        self.seller_weights = [1 / (place + 3) for place in range(len(self.people.makers))]
        self.buyer_weights = [1 / (place + 5) for place in range(len(self.people.end_users))]
        self._screened()
        for number in range(self.count):
            self._case(number, BEGUN + self.step * number)
            self.writer.flush(at_least=FLUSH_AT)
            if number % 1_000 == 999:
                tell(number + 1)
        self._drafts()
        self._alerts()
        self.writer.finish()
        return self.people

    def _screened(self) -> None:
        version = self.writer.fact(ListVersion(source="bench", version="1", sha256="0" * 64, entries=1, file_name="bench.csv", format="csv"),
                                   by=self.people.officers[0], at=BEGUN)
        for place, party in enumerate(self.people.everybody()):
            compared = as_listed(party, ())
            screening = Screening(party=party, name=party.name, compared=plainly(compared), party_digest=compared.digest, threshold=0.8, list_versions=[version.pk])
            hits = [Hit(list_version=version, entity_id="X-1", entity_name=f"{party.name} Holding", schema="Organization", score=0.83, entity_digest="1" * 32,
                        reasons=[{"feature": "name", "score": 0.83, "weight": 1.0, "detail": "", "party_value": party.name, "listed_value": f"{party.name} Holding"}],
                        entry={"name": [f"{party.name} Holding"]})] if place % 20 == 19 else []
            self.writer.fact(screening, by=self.people.officers[1], at=BEGUN, rows=hits, row_field="screening")
            self.writer.row(Screening.lists.through(screening_id=screening.pk, listversion_id=version.pk))

    def reference(self, letter: str, at: datetime) -> str:
        start = f"{letter}-{at.year}-"
        self.numbers[start] += 1
        return f"{start}{self.numbers[start]:04d}"

    def _words(self, at: datetime, seller: Party, end_user: Party) -> tuple[Application, list[ApplicationLine], list[Party]]:
        chance = self.chance
        application = Application(
            pk=self.writer.key(Application), reference=self.reference("A", at), capacity=Application.EXPORTER, applicant=seller, seller=seller, end_user=end_user,
            consignee=end_user, country=end_user.country, drafted_by=self.people.exporters.get(seller.pk, self.people.users["exporter"]), drafted_at=at,
            purpose=f"{chance.choice(USES)} for the {chance.choice(('1st', '2nd', '3rd', '4th', '5th'))} command, batch {chance.randrange(10_000)}")
        if chance.random() < 0.04:
            application.capacity, application.seller, application.applicant = Application.BUYING_GOVERNMENT, None, end_user
        lines = [ApplicationLine(
            pk=self.writer.key(ApplicationLine), application=application, number=number, firearm_type=kind, make=make, model=model, calibre=calibre, automatic=False,
            quantity=chance.randrange(5, 900), unit_value_cents=chance.randrange(300, 2_000) * 100)
            for number, (kind, calibre, make, model) in enumerate(chance.sample(self.goods, chance.choice((1, 1, 1, 2, 3))), start=1)]
        brokers = [chance.choice(self.people.brokers)] if chance.random() < 0.12 else []
        for row in (application, *lines):
            self.writer.row(row)
        for broker in brokers:
            self.writer.row(Application.intermediaries.through(application_id=application.pk, party_id=broker.pk))
        return application, lines, brokers

    def _certified(self, application: Application, lines: list[ApplicationLine], number: int, at: datetime) -> tuple[Certificate, EndUseCertificate]:
        end_user = application.end_user
        told: dict[str, Any] = {
            "number": f"EUC-{at.year}-{number:06d}", "issuer": f"Arms office of {end_user.country}", "signatory": "Director of procurement",
            "issued_on": at.date() - timedelta(days=20), "expires_on": at.date() + timedelta(days=700), "no_reexport": True, "consents_to_checks": True,
            "verifies_delivery": True}
        certificate = self.writer.fact(
            Certificate(source=Certificate.FILED, key=key_of(told["issuer"], told["number"]), owner=application.applicant, end_user=end_user.name,
                        country=end_user.country, **told), by=application.drafted_by, at=at)
        given = EndUseCertificate(application=application, registered=certificate, **told)
        self.writer.row(given)
        self.writer.row(CertificateUse(certificate=certificate, place=1, application=application.reference, party=application.applicant, taken=1, used_after=1,
                                       capacity=1, at=at))
        return certificate, given

    def _case(self, number: int, at: datetime) -> None:
        chance, people, writer = self.chance, self.people, self.writer
        seller = chance.choices(people.makers, self.seller_weights)[0]
        end_user = chance.choices(people.end_users, self.buyer_weights)[0]
        application, lines, brokers = self._words(at, seller, end_user)
        certificate, given = self._certified(application, lines, number, at)
        said = self._as_words(application, lines, brokers, given)
        writer.fact(Submission(application=application), by=application.drafted_by, at=at, content={"application": said})
        officer, second = chance.choice(people.officers), chance.choice(people.countersigners)
        days = _days(at, self.end)
        self._event(application, CaseEvent.ROUTED, next(days), None, code=chance.choice(self.queues), more={"rules": []})
        if chance.random() < 0.2:
            self._event(application, CaseEvent.FLAGGED, at, None, code=chance.choice(FLAGS), text="As the rules say.")
        stage = self._stage(at)
        if stage == "withdrawn":
            writer.fact(Withdrawal(application=application, reason="The buyer cancelled."), by=application.drafted_by, at=next(days))
            writer.row(CertificateUse(certificate=certificate, place=2, application=application.reference, party=application.applicant, taken=-1, used_after=0,
                                      capacity=1, at=at))
            return
        if stage == "submitted":
            return
        self._event(application, CaseEvent.ASSIGNED, next(days), officer, officer=officer)
        if not self._worked(application, lines, given, said, stage, officer, days):
            return
        self._concluded(application, lines, certificate, stage, officer, second, days)

    def _stage(self, at: datetime) -> str:
        """How far a case has come: one that is older than two months has mostly ended."""
        if self.end - at < timedelta(days=45) or self.chance.random() < 0.01:
            return self.chance.choice(STAGES)
        return self.chance.choices(("approve", "deny", "return", "withdrawn", "appealed"), (82, 8, 4, 5, 1))[0]

    def _event(self, application: Application, sort: str, at: datetime, by: Any, **more: Any) -> CaseEvent:
        return self.writer.fact(CaseEvent(application=application, sort=sort, **more), by=by, at=at)

    def _worked(self, application: Application, lines: list[ApplicationLine], given: EndUseCertificate, said: dict[str, Any], stage: str, officer: Any,
                days: Iterator[datetime]) -> bool:
        """Notes, questions, an amendment, a hold; False where the case waits there."""
        chance = self.chance
        if chance.random() < 0.3:
            self._event(application, CaseEvent.NOTED, next(days), officer, text=chance.choice(NOTED))
        if stage == "asked" or chance.random() < 0.25:
            asked = self._event(application, CaseEvent.ASKED, next(days), officer, text=chance.choice(ASKED), due_on=next(days).date())
            if stage == "asked":
                return False
            self._event(application, CaseEvent.ANSWERED, next(days), application.drafted_by, about=asked, text="As the order says; it is attached.")
        if chance.random() < 0.08:
            self._amended(application, lines, given, said, next(days))
        if chance.random() < 0.02:
            advice = self._event(application, CaseEvent.ADVICE_ASKED, next(days), officer, body=self.people.ministry, text="Does foreign policy speak against it?")
            self._event(application, CaseEvent.ADVISED, next(days), self.people.users["adviser"], about=advice, body=self.people.ministry, code=CaseEvent.APPROVE,
                        text="Nothing speaks against it.")
        if stage == "held" or chance.random() < 0.03:
            hold = self.writer.fact(Hold(application=application, because="A firearm sold to this end user was recovered abroad.", source="R-2011-0001"),
                                    by=None, at=next(days))
            if stage == "held":
                return False
            self.writer.fact(HoldRelease(hold=hold, reason="The recovery was of another model."), by=self.people.countersigners[0], at=next(days))
        return stage != "in_review"

    def _amended(self, application: Application, lines: list[ApplicationLine], given: EndUseCertificate, before: dict[str, Any], at: datetime) -> None:
        """A second version: what the first said is put aside, as an amendment does."""
        before = {**before, "lines": [line.as_words() for line in lines]}
        application.purpose = f"{application.purpose}, as corrected"
        after = {**before, "purpose": application.purpose}
        event = CaseEvent(application=application, sort=CaseEvent.AMENDED, code="2", text="The purpose was too short.", more={"replaced": before})
        content = {"application": application.reference, "sort": event.sort, "about": None, "officer": None, "body": None, "code": "2", "due_on": None,
                   "text": event.text, "more": event.more, "words": after}
        self.writer.fact(event, by=application.drafted_by, at=at, content=content)

    def _concluded(self, application: Application, lines: list[ApplicationLine], certificate: Certificate, stage: str, officer: Any, second: Any,
                   days: Iterator[datetime]) -> None:
        writer = self.writer
        assessment = self._assessed(application, officer, next(days))
        if stage == "assessed":
            return
        approving = stage in {"approve", "recommended"}
        if approving:
            inquiry = writer.fact(Inquiry(certificate=certificate, channel="mission", asked_whom="Head of the arms office", found_in="Our mission's list",
                                          asked_on=next(days).date()), by=officer, at=next(days))
            writer.fact(InquiryAnswer(inquiry=inquiry, outcome=InquiryAnswer.CONFIRMED, answered_by="Head of the arms office", answered_on=next(days).date()),
                        by=officer, at=next(days))
        outcome = Recommendation.APPROVE if approving else Recommendation.RETURN if stage == "return" else Recommendation.DENY
        recommendation = writer.fact(
            Recommendation(application=application, assessment=assessment, outcome=outcome, conditions=[{"code": "LOSSREPORT", "parameters": {"hours": 72}}],
                           reason_codes=[] if approving else ["RISK"], note="As assessed; the record of the end user weighs most."), by=officer, at=next(days))
        if stage == "recommended":
            return
        at = next(days)
        decision = writer.fact(Decision(application=application, recommendation=recommendation, recommended_by=officer, outcome=outcome, note="Agreed."),
                               by=second, at=at)
        if outcome == Recommendation.RETURN:
            writer.row(CertificateUse(certificate=certificate, place=2, application=application.reference, party=application.applicant, taken=-1, used_after=0,
                                      capacity=1, at=at))
        if stage == "appealed":
            writer.fact(Appeal(decision=decision, grounds="The record is of another unit."), by=application.drafted_by, at=next(days))
        if stage == "approve":
            self._licensed(application, lines, certificate, second, at)

    def _assessed(self, application: Application, officer: Any, at: datetime) -> Assessment:
        criteria = {code: {"level": self.chance.choice(levels[:2]), "reason": "Considered on the file and the end user's record.", "evidence": "file"}
                    for code, levels in self.criteria.items()}
        return self.writer.fact(Assessment(application=application, criteria=criteria, flags={}, record_seen={}, summary="Little speaks against it."),
                                by=officer, at=at)

    def _licensed(self, application: Application, lines: list[ApplicationLine], certificate: Certificate, by: Any, at: datetime) -> None:
        chance, writer = self.chance, self.writer
        rows = [LicenceLine(number=line.number, firearm_type=line.firearm_type, make=line.make, model=line.model, calibre=line.calibre, automatic=line.automatic,
                            quantity=line.quantity) for line in lines]
        licence = writer.fact(
            Licence(reference=self.reference("L", at), application=application, issued_on=at.date(), expires_on=months_later(at.date(), 24),
                    conditions=[{"code": "LOSSREPORT", "parameters": {"hours": 72}}]), by=by, at=at, rows=rows, row_field="licence")
        writer.row(CertificateUse(certificate=certificate, place=2, application=application.reference, party=application.applicant, taken=0, used_after=1, capacity=1,
                                  licence=licence.reference, at=at))
        for row in rows:
            left = row.quantity
            for shipment in range(chance.choice((0, 1, 1, 2))):
                taken = left if shipment or chance.random() < 0.5 else max(1, left // 2)
                if taken:
                    writer.row(LicenceUse(line=row, quantity=taken, consignment=f"C-{at.year}-{licence.pk}", maker=application.seller, at=at))
                    left -= taken
        if chance.random() < 0.03:
            change = chance.choice((Licence.SUSPENDED, Licence.SUSPENDED, Licence.SURRENDERED))
            on = min(at.date() + timedelta(days=chance.randrange(20, 400)), self.today)
            writer.fact(LicenceChange(licence=licence, change=change, effective_on=on, reason="As the authority was told."), by=by,
                        at=datetime(on.year, on.month, on.day, 7, tzinfo=UTC))

    def _as_words(self, application: Application, lines: list[ApplicationLine], brokers: list[Party], given: EndUseCertificate) -> dict[str, Any]:
        """As `Application.as_words`, without asking the database for what was just made."""
        return {
            "reference": application.reference, "capacity": application.capacity, "applicant": application.applicant_id, "seller": application.seller_id,
            "end_user": application.end_user_id, "consignee": application.consignee_id, "country": application.country, "purpose": application.purpose,
            "intermediaries": sorted(each.pk for each in brokers), "lines": [line.as_words() for line in lines],
            "certificate": {name: value.isoformat() if isinstance(value, date) else value for name, value in (
                (name, getattr(given, name)) for name in ("number", "issuer", "signatory", "issued_on", "expires_on", "no_reexport", "consents_to_checks",
                                                          "verifies_delivery", "barred_regions", "file_sha256"))} | {"barred_parties": []}}

    def _drafts(self) -> None:
        for _number in range(max(1, self.count // 100)):
            self._words(self.end, self.chance.choices(self.people.makers, self.seller_weights)[0], self.chance.choice(self.people.end_users))

    def _alerts(self) -> None:
        """One for every ten cases; the oldest are answered."""
        count = max(1, self.count // 10)
        kinds = [kind for kind, _name in Alert.KINDS]
        roles = ("licensing_officer", "countersigner", "monitor", "tracing_officer")
        for number in range(count):
            raised = BEGUN + (self.end - BEGUN) * number / count
            answered = number < 0.97 * count
            self.writer.row(Alert(
                kind=kinds[number % len(kinds)], role=roles[number % len(roles)], party=self.chance.choice(self.people.end_users),
                because=f"Something was learnt, number {number}.", raised_at=raised, answered_at=raised + timedelta(days=3) if answered else None,
                answered_by=self.people.officers[0] if answered else None, answer="Looked into." if answered else ""))
        self.writer.flush()


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    """One day after another, never beyond the end."""
    at = start
    while True:
        at = min(at + timedelta(hours=31), end)
        yield at
