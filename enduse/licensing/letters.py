"""Papers that leave the house: the licence, the letter of a decision, the notice to the legislature. PDF, in the reader's language.

A licence bears its verification code, the address where anybody checks it, and both as a QR code. Names are set in a
font that has Latin, Greek, Cyrillic and more; letters that are joined or run from right to left are not shaped.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import Any
from xml.sax.saxutils import escape

from django.contrib.staticfiles import finders
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enduse.licensing import chain, dated
from enduse.licensing.actions.appealing import last_day_to_appeal
from enduse.licensing.conditions import as_sentence
from enduse.licensing.decision_pages import reasons
from enduse.licensing.models import Application, Decision, Licence, Notice, Recommendation
from enduse.licensing.queries import verification_code
from enduse.refusals import Refused

FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
MARGIN, QR_SIDE = 56, 96
LANGUAGES = ("en", "es")


def licence_paper(licence: Licence, *, language: str, check_at: str) -> bytes:
    """The licence: parties, lines, conditions, dates; its code, `check_at` and both as a QR code."""
    with translation.override(language):
        code = verification_code(licence)
        application = licence.application
        facts = [
            (_("Applicant"), str(application.applicant)), (_("Seller"), str(licence.seller or _("any registered maker"))),
            (_("End user"), str(application.end_user)), (_("Consignee"), str(application.consignee)), (_("Destination"), application.country),
            (_("Purpose"), application.purpose), (_("Issued"), _day(licence.issued_on)), (_("Valid until"), _day(licence.expires_on)),
        ]
        if licence.is_open:
            facts[2:2] = [(_("Kind of licence"), application.kind_name)]
            others = [str(party) for party in application.recipients.all()]
            facts += [(_("Other recipients"), ", ".join(others) or _("whoever is registered in these countries")),
                      (_("Destinations"), ", ".join(application.countries()))]
        named = [str(party) for role, party in application.parties() if role == chain.ULTIMATE_END_USER]
        if named:
            facts.append((_("Ultimate end users"), ", ".join(named)))
        if application.replaces is not None:
            facts.append((_("Replaces"), application.replaces.reference))
        facts += [(_("Licensed by"), f"{rule.text} ({rule.says('form')})") for rule in _authorities(licence)]
        paper = Paper(_("Licence %s") % licence.reference)
        paper.facts(facts)
        paper.heading(_("What it permits"))
        paper.table([_("Line"), _("Firearm"), _("Control list"), _("Quantity")],
                    [[str(line.number), str(line), line.entry, str(line.quantity)] for line in licence.lines.all()])
        if licence.conditions:
            paper.heading(_("Conditions"))
            paper.points(as_sentence(condition) for condition in licence.conditions)
        paper.heading(_("Check this licence"))
        paper.words(_("Code: %s") % code)
        paper.words(_("Anybody may check at %s whether it is valid today.") % check_at)
        paper.qr(check_at)
        return paper.pdf()


def decision_letter(decision: Decision, *, language: str) -> bytes:
    """The letter to the applicant: the outcome, its reasons by criterion, and how to appeal against a refusal."""
    with translation.override(language):
        application = decision.application
        paper = Paper(_("Decision on %s") % application.reference)
        paper.words(_("To: %s") % application.applicant)
        paper.words(_OPENING[decision.outcome]() % {"application": application.reference, "day": _day(decision.recorded_at.date())})
        if decision.previous is not None:
            paper.words(_("This decision answers your appeal against the decision of %s. It was made by officers who had no part in that one.")
                        % _day(decision.previous.recorded_at.date()))
        _what_follows(paper, decision)
        paper.heading(_("What you asked for"))
        paper.facts([(_("End user"), str(application.end_user)), (_("Destination"), application.country), (_("Purpose"), application.purpose)])
        paper.table([_("Line"), _("Firearm"), _("Quantity")], [[str(line.number), str(line), str(line.quantity)] for line in application.lines.all()])
        return paper.pdf()


_OPENING = {
    Recommendation.APPROVE: lambda: _("Your application %(application)s was approved on %(day)s."),
    Recommendation.DENY: lambda: _("Your application %(application)s was refused on %(day)s."),
    Recommendation.RETURN: lambda: _("Your application %(application)s was returned without action on %(day)s."),
}


def _what_follows(paper: Paper, decision: Decision) -> None:
    """Reasons and the way to appeal, or the licence or what it waits for."""
    if decision.outcome != Recommendation.APPROVE:
        paper.heading(_("Reasons"))
        paper.points(f"{each['text']} ({_('criterion %s') % each['criterion']})" if each["criterion"] else each["text"]
                     for each in reasons(decision.recommendation))
    if decision.outcome == Recommendation.DENY and decision.previous_id is None:
        paper.words(_("You may appeal until %s. Officers who had no part in this decision then decide again.") % _day(last_day_to_appeal(decision)))
    if decision.outcome != Recommendation.APPROVE:
        return
    licence: Licence | None = getattr(decision.application, "licence", None)
    if licence is not None:
        paper.words(_("Licence %(licence)s was issued on %(day)s.") % {"licence": licence.reference, "day": _day(licence.issued_on)})
    elif decision.notice_rule:
        paper.words(_("The legislature is told first; the licence is issued when its days have passed and it did not object."))
    if decision.recommendation.conditions:
        paper.heading(_("Conditions"))
        paper.points(as_sentence(condition) for condition in decision.recommendation.conditions)


def notice_letter(application: Application, decision: Decision, *, language: str) -> bytes:
    """The letter to the legislature: what was approved, its value, and by which rule it is told."""
    with translation.override(language):
        rule = next((rule for rule in dated.rules(dated.THRESHOLDS) if rule.code == decision.notice_rule), None)
        notice: Notice | None = getattr(decision, "legislature_notice", None)
        paper = Paper(_("Notice to the legislature"))
        if notice is not None:
            paper.words(_("Letter %(letter)s of %(day)s") % {"letter": notice.letter, "day": _day(notice.sent_on)})
        if rule is not None:
            paper.words(f"{rule.text} ({rule.says('source')}).")
        paper.facts([
            (_("Application"), application.reference), (_("Approved on"), _day(decision.recorded_at.date())),
            (_("Applicant"), str(application.applicant)), (_("End user"), str(application.end_user)), (_("Destination"), application.country),
            (_("Purpose"), application.purpose), (_("Value in USD"), f"{dated.value_cents(application.lines.all()) // 100:,}"),
            (_("Licence not before"), _day(notice.waits_until) if notice is not None else "—"),
        ])
        paper.table([_("Line"), _("Firearm"), _("Quantity")], [[str(line.number), str(line), str(line.quantity)] for line in application.lines.all()])
        return paper.pdf()


def _authorities(licence: Licence) -> list[dated.Dated]:
    named = {rule.code: rule for line in licence.lines.all() if (rule := dated.authority_of(line.automatic, licence.issued_on)) is not None}
    return list(named.values())


def _day(day: Any) -> str:
    return date_format(day, "j F Y")


def _load_fonts() -> None:
    """The fonts, once a process. Refused where the installation was not set up since papers came."""
    fonts = {name: finders.find(f"vendor/{name}.ttf") for name in (FONT, BOLD)}
    if find_spec("reportlab") is None or not all(fonts.values()):
        raise Refused(_("This installation cannot set papers yet: the setter or its fonts are missing."), _("Run `make setup` again."))
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, path in fonts.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, path))


class Paper:
    """One paper as it grows: a title, facts, words, points, tables, a QR code. The setter of pages is loaded when one is made."""

    def __init__(self, title: str) -> None:
        _load_fonts()
        from reportlab.lib.styles import ParagraphStyle

        self.title = title
        self.plain = ParagraphStyle("plain", fontName=FONT, fontSize=9.5, leading=14, spaceAfter=6)
        self.bold = ParagraphStyle("bold", parent=self.plain, fontName=BOLD)
        self.head = ParagraphStyle("head", parent=self.bold, fontSize=11.5, leading=16, spaceBefore=10, spaceAfter=4)
        self.flow: list[Any] = [self._text(title, ParagraphStyle("title", parent=self.bold, fontSize=17, leading=22, spaceAfter=10))]

    def _text(self, text: str, style: Any) -> Any:
        from reportlab.platypus import Paragraph

        return Paragraph(escape(text), style)

    def heading(self, text: str) -> None:
        self.flow.append(self._text(text, self.head))

    def words(self, text: str) -> None:
        self.flow.append(self._text(text, self.plain))

    def points(self, texts: Iterable[str]) -> None:
        self.flow += [self._text(f"• {text}", self.plain) for text in texts]

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        self._grid([[self._text(name, self.bold), self._text(value, self.plain)] for name, value in rows], [120, 363], lines=False)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self._grid([[self._text(cell, self.bold) for cell in head], *([self._text(cell, self.plain) for cell in row] for row in rows)],
                   [45, 348, 90], lines=True)

    def _grid(self, cells: list[list[Any]], widths: list[int], *, lines: bool) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table

        style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0)]
        if lines:
            style.append(("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor("#b8c0c8")))
        self.flow.append(Table(cells, colWidths=widths, hAlign="LEFT", style=style, repeatRows=1 if lines else 0))

    def qr(self, text: str) -> None:
        from reportlab.graphics.barcode.qr import QrCodeWidget
        from reportlab.graphics.shapes import Drawing

        code = QrCodeWidget(text, barWidth=QR_SIDE, barHeight=QR_SIDE, barLevel="M")
        self.flow.append(Drawing(QR_SIDE, QR_SIDE, code))

    def pdf(self) -> bytes:
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import SimpleDocTemplate

        made = io.BytesIO()
        # The same paper asked for twice is the same bytes: no clock and no chance in it.
        SimpleDocTemplate(made, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, title=self.title,
                          author="enduse", invariant=True).build(self.flow, onFirstPage=self._foot, onLaterPages=self._foot)
        return made.getvalue()

    def _foot(self, canvas: Any, document: Any) -> None:
        canvas.setFont(FONT, 7.5)
        canvas.drawString(MARGIN, MARGIN / 2, f"{self.title} · {document.page}")
