"""The letter that answers an advisory."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enduse.licensing.advisories.models import NO_APPROVAL, Advisory, AdvisoryAnswer
from enduse.licensing.advisories.queries import goods_of
from enduse.licensing.letter_views import as_file, language_of
from enduse.licensing.letters import Paper
from enduse.refusals import Refused


def advisory_letter(advisory: Advisory, *, language: str) -> bytes:
    """The answer to who asked, with what it is not. Refused: it is not answered."""
    with translation.override(language):
        answer: AdvisoryAnswer | None = getattr(advisory, "answer", None)
        if answer is None:
            raise Refused(_("%(reference)s is not answered."), _("Wait for the answer."), reference=advisory.reference)
        paper = Paper(_("Answer to enquiry %s") % advisory.reference)
        paper.words(_("To: %s") % advisory.asked_by)
        paper.words(_("On %(asked)s you asked whether the authority has concerns about this end user. Answered on %(answered)s.") % {
            "asked": date_format(advisory.recorded_at, "j F Y"), "answered": date_format(answer.recorded_at, "j F Y")})
        paper.heading(_("Answer"))
        paper.words(str(_ANSWERS[answer.outcome]()))
        if answer.reasons:
            paper.words(answer.reasons)
        paper.heading(_("What this answer is not"))
        paper.words(str(NO_APPROVAL))
        paper.heading(_("What you asked about"))
        rows = [(_("End user"), advisory.name), (_("Country"), advisory.country), (_("Address"), advisory.address),
                (_("Nature of its business"), advisory.business)]
        paper.facts([(name, said) for name, said in rows if said])
        paper.table([_("Line"), _("Firearm"), _("Quantity")],
                    [[str(place), each.words, str(each.quantity or "–")] for place, each in enumerate(goods_of(advisory), start=1)])
        return paper.pdf()


def letter_of(request: HttpRequest, advisory: Advisory) -> HttpResponse:
    """The letter as a file, in the language asked for or the reader's own."""
    language = language_of(request)
    return as_file(advisory_letter(advisory, language=language), f"{advisory.reference}-answer-{language}")


_ANSWERS = {
    AdvisoryAnswer.NO_CONCERNS: lambda: _("The authority knows of no concerns about this end user on the day of this answer."),
    AdvisoryAnswer.CONCERNS: lambda: _("The authority has concerns about this end user."),
    AdvisoryAnswer.DECLINED: lambda: _("The authority gives no advice about this end user."),
}
