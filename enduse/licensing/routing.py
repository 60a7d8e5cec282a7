"""Routing: rules in plain words that put a filed application into its queue and set its flags. The first that fits names the queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from enduse import reference
from enduse.accounts.models import User
from enduse.licensing import flags as warning_flags
from enduse.licensing import states
from enduse.licensing.cases import RoutingRules
from enduse.licensing.models import Application
from enduse.licensing.queries import known, with_facts
from enduse.parties.models import Party
from enduse.refusals import Problems

FIRST_QUEUE = "INTAKE"
MOST_RULES = 60
MOST_TESTED = 1_000
Rule = Mapping[str, Any]
LISTS = {"country": "", "firearm_type": "firearm_types", "warning_flag": "warning_flags"}
CHOICES = {"end_user_kind": dict(Party.KINDS), "capacity": dict(Application.CAPACITIES)}
NUMBERS = ("value_over_cents", "quantity_over")
CONDITION_NAMES = {
    "country": gettext_lazy("destination"), "firearm_type": gettext_lazy("type of firearm"), "automatic": gettext_lazy("automatic"),
    "value_over_cents": gettext_lazy("value above, in US cents"), "quantity_over": gettext_lazy("more firearms than"),
    "end_user_kind": gettext_lazy("kind of end user"), "capacity": gettext_lazy("capacity of the applicant"),
    "warning_flag": gettext_lazy("warning flag raised by the program"),
}


def current_rules() -> RoutingRules | None:
    """The rules that count; None: none were ever saved, and everything goes to the first queue."""
    return RoutingRules.objects.select_related("recorded_by").order_by("-pk").first()


def checked(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Rules in the form that is kept. Invalid: every fault with the number of its rule."""
    problems, kept, names = Problems(), [], set()
    if len(rules) > MOST_RULES:
        problems.add(_("There are more than %(most)d rules.") % {"most": MOST_RULES}, _("Put some together."), field="rules")
    for number, rule in enumerate(rules[:MOST_RULES], start=1):
        name, queue = str(rule.get("name", "")).strip()[:80], str(rule.get("queue", ""))
        if not name or name in names:
            problems.add(_("A rule has a name of its own."), _("Write one."), row=number, field="name", found=name)
        names.add(name)
        if queue and queue not in reference.table("queues"):
            problems.add(_("There is no such queue."), _("Choose one of the list."), row=number, field="queue", found=queue)
        flags = list(dict.fromkeys(str(code) for code in rule.get("flags") or []))
        for code in flags:
            if code not in reference.table("case_flags"):
                problems.add(_("There is no such flag."), _("Choose one of the list."), row=number, field="flags", found=code)
        if not queue and not flags:
            problems.add(_("A rule names a queue, a flag or both."), _("Choose what follows from it."), row=number, field="queue")
        kept.append({"name": name, "conditions": _conditions(rule.get("conditions") or {}, number, problems), "queue": queue, "flags": flags})
    problems.raise_if_any()
    return kept


def _conditions(given: Mapping[str, Any], row: int, problems: Problems) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in given.items():
        if value in (None, "", []):
            continue
        if name in LISTS or name in CHOICES:
            kept[name] = [str(each).strip() for each in (value if isinstance(value, list | tuple) else [value])]
            for code in kept[name]:
                if not _is_known(name, code):
                    problems.add(_("This code is not in the list."), _("Choose one of the list."), row=row, field=name, found=code)
        elif (name in NUMBERS and isinstance(value, int) and not isinstance(value, bool) and value >= 0) or (name == "automatic" and isinstance(value, bool)):
            kept[name] = value
        elif name in NUMBERS or name == "automatic":
            problems.add(_("This value does not fit."), _("A number of 0 or more, or yes or no."), row=row, field=name, found=str(value))
        else:
            problems.add(_("There is no such condition."), _("Use: %s.") % ", ".join(CONDITION_NAMES), row=row, field=name)
    return kept


def _is_known(name: str, code: str) -> bool:
    if name == "country":
        return len(code) == 2 and code.isalpha() and code.isupper()
    return code in CHOICES[name] if name in CHOICES else code in reference.table(LISTS[name])


def fits(rule: Rule, application: Application, raised: Iterable[str]) -> bool:
    """Whether every condition of a rule holds for an application; `raised`: the warning flags that the program raises on it."""
    lines = list(application.lines.all())
    facts: dict[str, set[str]] = {
        "country": {application.country}, "firearm_type": {line.firearm_type for line in lines}, "end_user_kind": {application.end_user.kind},
        "capacity": {application.capacity}, "warning_flag": set(raised)}
    numbers = {"value_over_cents": sum(line.quantity * line.unit_value_cents for line in lines), "quantity_over": sum(line.quantity for line in lines)}
    for name, wanted in rule["conditions"].items():
        if name in facts and not facts[name] & set(wanted):
            return False
        if name in numbers and numbers[name] <= wanted:
            return False
        if name == "automatic" and any(line.automatic for line in lines) != wanted:
            return False
    return True


@dataclass(frozen=True)
class Outcome:
    """What the rules say of one application: its queue, its flags, each with the rule that said so."""

    queue: str
    flags: dict[str, str]
    matched: tuple[str, ...]


def outcome(rules: Sequence[Rule], application: Application) -> Outcome:
    """The first rule that fits and names a queue decides it; every rule that fits sets its flags."""
    raised = warning_flags.raised(known(application)) if any("warning_flag" in rule["conditions"] for rule in rules) else {}
    matched = [rule for rule in rules if fits(rule, application, raised)]
    queue = next((rule["queue"] for rule in matched if rule["queue"]), FIRST_QUEUE)
    found: dict[str, str] = {}
    for rule in matched:
        for code in rule["flags"]:
            found.setdefault(code, rule["name"])
    return Outcome(queue, found, tuple(rule["name"] for rule in matched))


@dataclass(frozen=True)
class Caught:
    """What one rule would catch among the open applications: how many in all, and references of those that the viewer sees."""

    name: str
    count: int
    decides_queue: int
    references: tuple[str, ...]


@dataclass(frozen=True)
class Test:
    caught: tuple[Caught, ...]
    tested: int
    open: int
    unrouted: int  # that no rule puts into a queue


def test(rules: Sequence[Rule], user: User | None) -> Test:
    """What each rule would catch among the newest open applications, before anything is saved."""
    kept = checked(rules)
    waiting = states.open_only(Application.objects.all())
    newest = list(with_facts(waiting.order_by("-pk")[:MOST_TESTED]))
    seen = set(Application.objects.visible_to(user).filter(pk__in=[each.pk for each in newest]).values_list("pk", flat=True))
    outcomes = [(each, outcome(kept, each)) for each in newest]
    queues = {rule["name"]: bool(rule["queue"]) for rule in kept}

    def first(said: Outcome) -> str:
        return next((name for name in said.matched if queues[name]), "")

    caught = tuple(
        Caught(rule["name"], sum(rule["name"] in said.matched for _each, said in outcomes),
               sum(first(said) == rule["name"] for _each, said in outcomes),
               tuple(each.reference for each, said in outcomes if rule["name"] in said.matched and each.pk in seen))
        for rule in kept)
    return Test(caught, len(newest), waiting.count(), sum(not first(said) for _each, said in outcomes))


def as_sentence(rule: Rule) -> str:
    """A rule as a person reads it."""
    parts = [_in_words(name, value) for name, value in rule["conditions"].items()]
    then = [reference.text_of("queues", rule["queue"])] if rule["queue"] else []
    then += [_("flag: %s") % reference.text_of("case_flags", code) for code in rule["flags"]]
    return _("If %(conditions)s: %(then)s.") % {
        "conditions": ("; ".join(parts)) or pgettext("routing", "anything"), "then": ", ".join(then)}


def _in_words(name: str, value: Any) -> str:
    label = str(CONDITION_NAMES[name])
    if name == "value_over_cents":
        return _("value above %s USD") % f"{value / 100:,.0f}"
    if name == "automatic":
        return f"{label}: {_('yes') if value else _('no')}"
    if name in NUMBERS:
        return f"{label} {value:,}"
    shown = [str(CHOICES[name][code]) if name in CHOICES else reference.text_of(LISTS[name], code) if LISTS.get(name) else code for code in value]
    return f"{label}: {', '.join(shown)}"
