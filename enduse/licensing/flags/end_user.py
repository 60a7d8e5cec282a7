"""Flags on the end user: what its record, its people and its open matters show."""

from __future__ import annotations

from django.utils.translation import gettext as _

from enduse import formats
from enduse.licensing.advisories.models import AdvisoryAnswer
from enduse.licensing.flags.known import YEAR, Advised, Known, numbers, types
from enduse.parties.models import Party, RecordLine
from enduse.parties.record import source_in_words

CHECKS_COUNT_FOR = 3 * YEAR
TRACES_COUNT_FOR = 5 * YEAR
COUNT_EVERY = YEAR
LOSS_LIMIT = 0.02
FIREARMS_A_PERSON = 1.0
ANSWERS_SHOWN = 3
MILITARY_TYPES = frozenset({"rifle_antimateriel", "mg_light", "mg_general"})


def close_to_a_list(known: Known) -> str | None:
    said = [_("Possible matches without an answer: %s.") % ", ".join(f"{name} ({count})" for name, count in sorted(known.hits.items()))] if known.hits else []
    said += [_("%(party)s is the one listed: %(entries)s.") % {"party": name, "entries": ", ".join(entries)} for name, entries in sorted(known.listed.items())]
    return " ".join(said) or None


def more_than_people(known: Known) -> str | None:
    if known.personnel is None:
        return None
    people, month = known.personnel
    asked = sum(line.quantity for line in known.lines)
    if asked <= people * FIREARMS_A_PERSON:
        return None
    return _("%(asked)d firearms are asked for; %(people)d people served in %(month)s.") % {
        "asked": asked, "people": people, "month": month.strftime("%Y-%m")}


def unusual_for_this_body(known: Known) -> str | None:
    if known.end_user.kind == Party.ARMED_FORCE:
        return None
    odd = [line for line in known.lines if line.automatic or line.firearm_type in MILITARY_TYPES]
    if not odd:
        return None
    return _("Line %(lines)s: %(types)s for a body that is no armed force.") % {"lines": numbers(odd), "types": types(odd, _(", automatic"))}


def open_matters(known: Known) -> str | None:
    if not known.open_alerts and not known.open_holds:
        return None
    return _("%(alerts)d alerts and %(holds)d holds on this end user are open.") % {"alerts": known.open_alerts, "holds": known.open_holds}


def check_not_favourable(known: Known) -> str | None:
    bad = known.figure(RecordLine.CHECKED, "unfavourable") + known.figure(RecordLine.CHECKED, "inconclusive")
    if not bad or not known.measured_within(RecordLine.CHECKED, CHECKS_COUNT_FOR):
        return None
    return _("%(bad)d of %(all)d checks were unfavourable or inconclusive, as known on %(as_of)s.") % {
        "bad": bad, "all": known.figure(RecordLine.CHECKED, "checks"), "as_of": formats.day(known.record[RecordLine.CHECKED].as_of)}


def traced_to_it(known: Known) -> str | None:
    traced = known.figure(RecordLine.TRACED, "traced")
    if not traced or not known.measured_within(RecordLine.TRACED, TRACES_COUNT_FOR):
        return None
    line = known.record[RecordLine.TRACED]
    return _("%(traced)d recovered firearms were traced to it, the last on %(as_of)s (%(rests_on)s).") % {
        "traced": traced, "as_of": formats.day(line.as_of), "rests_on": source_in_words(line.rests_on)}


def loses_too_many(known: Known) -> str | None:
    kept = known.figure(RecordLine.DELIVERED, "delivered") - known.figure(RecordLine.DELIVERED, "resold")
    lost = known.figure(RecordLine.LOST, "lost")
    if kept <= 0 or lost / kept <= LOSS_LIMIT:
        return None
    return _("%(lost)s of %(kept)s that it kept are reported lost, stolen or carried off: %(share)s; the limit is %(limit)s.") % {
        "lost": formats.number(lost), "kept": formats.number(kept), "share": formats.share(lost / kept, 1), "limit": formats.share(LOSS_LIMIT)}


def not_counted(known: Known) -> str | None:
    if known.figure(RecordLine.DELIVERED, "delivered") <= 0 or known.measured_within(RecordLine.COUNTED, COUNT_EVERY):
        return None
    line = known.record.get(RecordLine.COUNTED)
    return _("It was last counted on %s.") % formats.day(line.as_of) if line is not None else _("Firearms were delivered and never counted.")


def carried_off(known: Known) -> str | None:
    lost = known.figure(RecordLine.LOST, "deserted_with")
    if lost <= 0:
        return None
    line = known.record[RecordLine.LOST]
    return _("%(lost)d firearms were carried off by deserters, as known on %(as_of)s (%(rests_on)s).") % {
        "lost": lost, "as_of": formats.day(line.as_of), "rests_on": source_in_words(line.rests_on)}


def advised_against(known: Known) -> str | None:
    """Every answer that did not clear the end user; a later one that did is told with it."""
    against = [each for each in known.advised if each.outcome in AdvisoryAnswer.AGAINST]
    if not against:
        return None
    names = dict(AdvisoryAnswer.OUTCOMES)
    said = "; ".join(_whose(known, each) + _("%(reference)s, answered on %(day)s: %(answer)s") % {
        "reference": each.reference, "day": each.on, "answer": names[each.outcome]} for each in against[:ANSWERS_SHOWN])
    since = known.advised[:list(known.advised).index(against[0])]
    return said + "." + (" " + _("Answered without concerns since: %s.") % ", ".join(each.reference for each in since) if since else "")


def _whose(known: Known, answered: Advised) -> str:
    """Of which end user an answer is, where there are several."""
    return f"{answered.whose}: " if known.others and answered.whose else ""


FLAGS = {
    "W02": close_to_a_list, "W03": more_than_people, "W04": unusual_for_this_body, "W08": open_matters, "W09": check_not_favourable,
    "W10": traced_to_it, "W11": loses_too_many, "W12": not_counted, "W15": advised_against, "S04": carried_off,
}
