"""Customs: what may pass under a licence now, and what customs says did pass, set against what was shipped here."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hmac import compare_digest
from typing import IO, Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.deliveries.border import CustomsReport, CustomsRow
from enduse.deliveries.models import Consignment, ConsignmentStep, ManifestLine
from enduse.ledger.actions import record
from enduse.licensing.models import Licence, LicenceLine
from enduse.licensing.queries import used_by_line, verification_code
from enduse.refusals import Invalid, Problem, Problems, Refused
from enduse.rows import read_rows

COLUMNS = ("licence", "line", "quantity", "exported_on", "declaration")
MAX_QUANTITY = 1_000_000


@dataclass(frozen=True)
class MayPass:
    """A licence as customs sees it: no value, no serial, no unit."""

    licence: Licence
    state: str
    lines: list[dict[str, Any]]  # number, text, permitted, left (not declared yet)
    waiting: list[dict[str, Any]]  # consignments declared and not shipped: reference, seller, consignee, quantity


def may_pass(reference: str, code: str, *, by: User) -> MayPass:
    """What may pass under a licence today. Its code proves that the bearer holds the licence; a wrong one tells nothing."""
    permit(by, "deliveries.check_at_border")
    licence = Licence.objects.select_related("leaf", "application__end_user").filter(reference=reference.strip().upper()).first()
    if licence is None or not compare_digest(verification_code(licence).encode(), code.strip().lower()[:64].encode()):
        raise Refused(_("No licence has this reference and code."), _("Check each character of the paper; stop the goods if it stays so."))
    used = used_by_line(licence)
    lines = [{"number": line.number, "text": str(line), "permitted": line.quantity, "left": line.quantity - used.get(line.pk, 0)}
             for line in licence.lines.all()]
    return MayPass(licence, licence.state(), lines, _waiting(licence))


def _waiting(licence: Licence) -> list[dict[str, Any]]:
    rows = Consignment.objects.filter(licence=licence).select_related("seller", "consignee").prefetch_related("steps").order_by("pk")
    return [{"reference": each.reference, "seller": each.seller.name, "consignee": each.consignee.name, "quantity": each.manifest.count()}
            for each in rows if each.state == Consignment.DECLARED]


def report_exports(file: IO[bytes], *, office: str, by: User) -> CustomsReport:
    """Customs says what passed: a CSV of licence, line, quantity, exported_on, declaration. Whole or not at all.

    What differs from what was shipped here raises one alert to the licensing officers.
    """
    permit(by, "deliveries.report_exports")
    if not office.strip():
        raise Invalid(Problem(_("A report names its customs office."), _("Write its name."), field="office"))
    limit = settings.ENDUSE_UPLOAD_LIMIT_MB * 1_000_000
    raw = file.read(limit + 1)
    digest = hashlib.sha256(raw).hexdigest()
    rows = _checked(list(read_rows(io.BytesIO(raw), required=COLUMNS, name="file")))
    with transaction.atomic():
        earlier = CustomsReport.objects.filter(sha256=digest).first()
        if earlier is not None:
            raise Refused(_("This file was reported already on %(day)s."), _("Nothing more is needed."), day=earlier.recorded_at.date().isoformat())
        _refuse_declared_before(rows)
        report = record(CustomsReport(office=office.strip()[:120], sha256=digest), by=by, rows=rows, row_field="report")
        _tell(report)
    return report


def _checked(read: Sequence[tuple[int, dict[str, str]]]) -> list[CustomsRow]:
    """Every row with its licence line, or every fault with its row."""
    problems, rows = Problems(), []
    known = {licence.reference: licence for licence in Licence.objects.filter(
        reference__in={row["licence"].upper() for _number, row in read}).prefetch_related("lines")}
    seen: set[tuple[str, str, str]] = set()
    for number, row in read:
        licence = known.get(row["licence"].upper())
        line = next((each for each in licence.lines.all() if str(each.number) == row["line"]), None) if licence is not None else None
        quantity = int(row["quantity"]) if row["quantity"].isdecimal() else 0
        day = _day(row["exported_on"])
        if licence is None:
            problems.add(_("There is no such licence."), _("Copy its reference from the paper."), row=number, field="licence", found=row["licence"])
        elif line is None:
            problems.add(_("The licence has no such line."), _("Copy the line's number from the paper."), row=number, field="line", found=row["line"])
        if not 0 < quantity <= MAX_QUANTITY:
            problems.add(_("A quantity is a whole number above 0."), _("Correct it."), row=number, field="quantity", found=row["quantity"])
        if day is None or day > clock.today():
            problems.add(_("This is no day up to today."), _("Write it like 2012-01-31."), row=number, field="exported_on", found=row["exported_on"])
        if not row["declaration"]:
            problems.add(_("The declaration's number is missing."), _("Copy it from the declaration."), row=number, field="declaration")
        key = (row["declaration"], row["licence"].upper(), row["line"])
        if key in seen:
            problems.add(_("This line of this declaration stands twice."), _("Take one out."), row=number, field="declaration",
                         found=row["declaration"])
        seen.add(key)
        if line is not None and day is not None:
            rows.append(CustomsRow(line=line, quantity=quantity, exported_on=day, declaration=row["declaration"][:60]))
    problems.raise_if_any()
    return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _refuse_declared_before(rows: Sequence[CustomsRow]) -> None:
    """A line of a declaration is reported once."""
    told = set(CustomsRow.objects.filter(declaration__in={row.declaration for row in rows}).values_list("declaration", "line_id"))
    problems = Problems()
    for number, row in enumerate(rows, start=2):
        if (row.declaration, row.line_id) in told:
            problems.add(_("This line of this declaration was reported already."), _("Take it out."), row=number, field="declaration",
                         found=row.declaration)
    problems.raise_if_any()


@dataclass(frozen=True)
class Difference:
    """A licence line on which customs and this register do not agree."""

    licence: str
    line: int
    what: str
    permitted: int
    shipped: int
    passed: int

    @property
    def more_passed(self) -> int:
        return self.passed - self.shipped


def differences(*, by: User, of: CustomsReport | None = None) -> list[Difference]:
    """Each licence line of which customs reported: what passed there against what was shipped here, where they differ."""
    permit(by, "deliveries.read_differences")
    return _differences(of)


def _differences(of: CustomsReport | None) -> list[Difference]:
    rows = CustomsRow.objects.all()
    if of is not None:
        rows = rows.filter(line__in=CustomsRow.objects.filter(report=of).values("line"))
    passed: Counter[int] = Counter(dict(rows.order_by().values_list("line_id").annotate(n=models.Sum("quantity"))))
    shipped = _shipped(passed)
    lines = LicenceLine.objects.filter(pk__in=list(passed)).select_related("licence").order_by("licence__reference", "number")
    return [Difference(line.licence.reference, line.number, str(line), line.quantity, shipped[line.pk], passed[line.pk])
            for line in lines if shipped[line.pk] != passed[line.pk]]


def _shipped(lines: Counter[int]) -> Counter[int]:
    """How many firearms of each line were shipped here."""
    gone = ConsignmentStep.objects.filter(step=Consignment.SHIPPED).values("consignment")
    rows = ManifestLine.objects.filter(line__in=list(lines), consignment__in=gone).order_by().values_list("line_id").annotate(n=models.Count("pk"))
    return Counter(dict(rows))


def _tell(report: CustomsReport) -> None:
    found = _differences(report)
    if found:
        named = "; ".join(_("%(licence)s line %(line)d: %(passed)d passed, %(shipped)d shipped") % {
            "licence": each.licence, "line": each.line, "passed": each.passed, "shipped": each.shipped} for each in found[:5])
        raise_alert(Alert.CUSTOMS, role=Role.LICENSING_OFFICER, link="/deliveries/customs/differences/",
                    because=_("Customs and this register differ on %(n)d licence lines. %(named)s") % {"n": len(found), "named": named})
