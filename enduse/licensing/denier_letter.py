"""The letter to a state that denied: why a licence was granted all the same (Common Position 2008/944, article 4)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enduse.licensing.consultations import DenialConsultation, DenialExplained
from enduse.licensing.denial_queries import lines_in_words
from enduse.licensing.letter_views import as_file, language_of
from enduse.licensing.letters import Paper
from enduse.licensing.models import Licence
from enduse.refusals import Refused


def denier_letter(consultation: DenialConsultation, *, language: str) -> bytes:
    """What that state denied and answered, what was licensed here, and why. Refused: no reasons were recorded."""
    with translation.override(language):
        told: DenialExplained | None = getattr(consultation, "explained", None)
        if told is None:
            raise Refused(_("There are no reasons to tell %(state)s yet."), _("Record them once the licence is issued; the letter is made of them."),
                          state=consultation.denial.state)
        application, denial = consultation.application, consultation.denial
        licence = Licence.objects.get(application=application)
        paper = Paper(_("Your denial %s: licence granted") % denial.number)
        paper.words(_("To: %(office)s, %(state)s") % {"office": consultation.asked_whom, "state": denial.state})
        paper.words(_("Date: %s") % date_format(told.told_on, "j F Y"))
        paper.words(_("On %(denied)s you denied an essentially identical transaction. On %(asked)s we consulted you about it. We granted a licence, "
                      "and tell you why, as article 4 of Common Position 2008/944/CFSP asks.") % {
            "denied": date_format(denial.denied_on, "j F Y"), "asked": date_format(consultation.asked_on, "j F Y")})
        paper.heading(_("Our reasons"))
        for part in filter(None, (each.strip() for each in told.reasons.splitlines())):
            paper.words(part)
        paper.heading(_("What you answered"))
        paper.words(str(_ANSWERS[consultation.position]()))
        if consultation.answer:
            paper.words(consultation.answer)
        paper.heading(_("What you denied"))
        paper.facts([(_("Number of its notice"), denial.number), (_("End user"), str(denial.end_user)), (_("Destination"), denial.country)])
        paper.points(lines_in_words(denial))
        paper.heading(_("What we licensed"))
        paper.facts([(_("Licence"), licence.reference), (_("Issued"), date_format(licence.issued_on, "j F Y")), (_("End user"), str(application.end_user)),
                     (_("Destination"), ", ".join(application.countries()))])
        paper.table([_("Line"), _("Firearm"), _("Quantity")], [[str(line.number), str(line), str(line.quantity)] for line in licence.lines.all()])
        return paper.pdf()


def letter_of(request: HttpRequest, consultation: DenialConsultation) -> HttpResponse:
    """The letter as a file, in the language asked for or the reader's own."""
    language = language_of(request)
    name = f"{consultation.application.reference}-{consultation.denial.state}-{language}"
    return as_file(denier_letter(consultation, language=language), name)


_ANSWERS = {
    DenialConsultation.MAINTAINS: lambda: _("You maintain your denial."),
    DenialConsultation.NO_OBJECTION: lambda: _("You have no objection."),
    DenialConsultation.SILENT: lambda: _("We had no answer from you."),
}
