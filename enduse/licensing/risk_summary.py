"""A draft summary of an application's risk: sentences made from records alone, each naming what it rests on and of which day.

It weighs nothing and decides nothing. The same records give the same sentences, in either language; an assessment keeps those
that its officer had before the eyes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Q, Sum
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enduse import reference
from enduse.licensing import flags
from enduse.licensing.advisories.models import AdvisoryAnswer
from enduse.licensing.flags.known import Known
from enduse.licensing.licences import Licence
from enduse.licensing.open_licences import licences_reaching
from enduse.licensing.standing import LicenceStanding
from enduse.measures.models import Measure
from enduse.measures.queries import held_by, rows_in_force
from enduse.parties.gaps import gaps_of
from enduse.parties.record import in_words

ANSWERS_TOLD = 5
LANGUAGES = ("en", "es")
ADDRESSES = (
    (re.compile(r"custody event (\d+)"), "/custody/events/%s/"), (re.compile(r"stocktake (\d+)"), "/custody/stocktakes/%s/"),
    (re.compile(r"check (K-\d+-\d+)"), "/monitoring/%s/"), (re.compile(r"estimate (E-\d+-\d+)"), "/diversion/%s/"),
    (re.compile(r"(R-\d+-\d+)"), "/tracing/recoveries/%s/"),
)


@dataclass(frozen=True)
class Statement:
    """One sentence: what it is about, the record that it rests on, where that stands, and the day that it was known on."""

    about: str
    text: str
    source: str
    link: str
    as_of: date | None


def draft(known: Known, raised: Mapping[str, str] | None = None, *, measures: Iterable[Measure] | None = None) -> list[Statement]:
    """The summary in the reader's language. Flags, and the measures that may bind the application, may be told where they were read."""
    return [*_asked(known), *_record(known), *_gaps(known), *_licences(known), *_certificate(known), *_advised(known), *_flags(known, raised),
            *_measures(known, measures)]


def as_kept(known: Known) -> list[dict[str, Any]]:
    """The summary in plain values and in both languages: what an assessment keeps."""
    by_language = {}
    for language in LANGUAGES:
        with translation.override(language):
            by_language[language] = draft(known)
    kept = []
    for statements in zip(*by_language.values(), strict=True):
        said = {f"text_{language}": one.text for language, one in zip(LANGUAGES, statements, strict=True)}
        one = asdict(statements[0])
        del one["text"]
        kept.append({**one, **said, "as_of": one["as_of"].isoformat() if one["as_of"] else None})
    return kept


def read_again(kept: Sequence[Mapping[str, Any]]) -> list[Statement]:
    """A kept summary in the reader's language."""
    language = "es" if (get_language() or "en").startswith("es") else "en"
    return [Statement(each["about"], each[f"text_{language}"], each["source"], each["link"],
                      date.fromisoformat(each["as_of"]) if each["as_of"] else None) for each in kept]


def link_of(rests_on: str) -> str:
    """Where the record stands that a line of the measured record rests on; empty when its words name none."""
    for form, address in ADDRESSES:
        found = form.fullmatch(rests_on)
        if found is not None:
            return address % found[1]
    return ""


def _asked(known: Known) -> Iterator[Statement]:
    application, quantity = known.application, sum(line.quantity for line in known.lines)
    cents = sum(line.quantity * line.unit_value_cents for line in known.lines)
    types = ", ".join(sorted({reference.text_of("firearm_types", line.firearm_type) for line in known.lines}))
    text = _("%(quantity)s firearms (%(types)s) worth %(value)s USD are asked for, for %(end_user)s in %(country)s.") % {
        "quantity": f"{quantity:,}", "types": types, "value": f"{cents / 100:,.2f}", "end_user": application.end_user, "country": application.country}
    yield Statement("application", text, application.reference, f"/licensing/applications/{application.reference}/", known.filed_on)


def _record(known: Known) -> Iterator[Statement]:
    """What was measured of its end user; of several each says whose it is."""
    for each in (known, *known.others):
        link, whose = f"/parties/{each.end_user.pk}/", f"{each.end_user}: " if known.others else ""
        for line in in_words(each.record):
            if not line.is_missing:
                text = f"{whose}{line.name[:1].upper()}{line.name[1:]}: {line.text}" + (f"; {line.note}." if line.note else ".")
                yield Statement(line.kind, text, line.rests_on, link_of(line.rests_on) or link, line.as_of)


def _gaps(known: Known) -> Iterator[Statement]:
    for each in (known, *known.others):
        link, whose = f"/parties/{each.end_user.pk}/", f"{each.end_user}: " if known.others else ""
        for gap in gaps_of(each.record, known.today):
            rests_on = each.record[gap.kind].rests_on if gap.since else str(each.end_user)
            yield Statement("missing", whose + gap.text, rests_on, link_of(rests_on) or link, gap.since or known.today)


def _licences(known: Known) -> Iterator[Statement]:
    """Earlier licences of the end user, and what is left on those that still live."""
    rows = LicenceStanding.objects.filter(pk__in=licences_reaching(known.application.end_user.end_user)).exclude(application=known.application)
    live = Q(expires_on__gte=known.today) & ~Q(state__in=Licence.ENDS)
    found = rows.aggregate(last=Max("pk"), count=Count("pk"), granted=Sum("permitted"), live=Count("pk", filter=live),
                           left=Sum(F("permitted") - F("taken"), filter=live))
    last = Licence.objects.filter(pk=found["last"]).first()
    if last is None:
        yield Statement("licences", _("No licence was granted for this end user before."), str(known.application.end_user), "/licensing/licences/",
                        known.today)
        return
    yield Statement(
        "licences", _("Licences granted for it before: %(count)d, over %(granted)s firearms; still to come: %(left)s, under %(live)d of them.") % {
            "count": found["count"], "granted": f"{found['granted']:,}", "left": f"{found['left'] or 0:,}", "live": found["live"]},
        last.reference, f"/licensing/licences/{last.reference}/", last.issued_on)


def _certificate(known: Known) -> Iterator[Statement]:
    given = known.certificate
    if given is not None:
        yield Statement(
            "certificate", _("The end-use certificate is of %(issuer)s, of %(issued)s, and runs until %(expires)s.") % {
                "issuer": given.issuer, "issued": given.issued_on, "expires": given.expires_on},
            given.number, f"/licensing/applications/{known.application.reference}/#certificate", given.issued_on)


def _advised(known: Known) -> Iterator[Statement]:
    """How enquiries about it were answered, whether with concerns or not."""
    names = dict(AdvisoryAnswer.OUTCOMES)
    for each in known.advised[:ANSWERS_TOLD]:
        yield Statement("advisory", _("Asked about it before any application, the authority answered: %s.") % names[each.outcome], each.reference,
                        f"/licensing/advisories/{each.reference}/", each.on)


def _flags(known: Known, raised: Mapping[str, str] | None) -> Iterator[Statement]:
    link = f"/licensing/applications/{known.application.reference}/#before"
    for code, evidence in (flags.raised(known) if raised is None else raised).items():
        yield Statement("flag", f"{reference.text_of('warning_flags', code)}. {evidence}", code, link, known.today)


def _measures(known: Known, measures: Iterable[Measure] | None) -> Iterator[Statement]:
    end_user, country = known.application.end_user, known.application.country
    in_force = rows_in_force(known.today, end_users=[end_user], country=country) if measures is None else measures
    for measure in held_by(in_force, end_user=end_user, lines=known.lines):
        yield Statement(
            "measure", _("In force in its scope: %(title)s (%(kind)s, %(authority)s %(number)s).") % {
                "title": measure.title, "kind": measure.get_kind_display(), "authority": measure.get_authority_display(),
                "number": measure.authority_reference},
            measure.reference, f"/measures/{measure.reference}/", measure.starts_on)
