"""Common Position 2008/944, article 4, in the database: what another state denied is not approved before that state was consulted."""

from __future__ import annotations

from enduse.ledger.guards import Guard
from enduse.licensing import dated

ULTIMATE = "SELECT m.party_id FROM licensing_namedparty m WHERE m.application_id = a.id AND m.role = 'ultimate_end_user'"
RECIPIENT = "SELECT m.party_id FROM licensing_application_recipients m WHERE m.application_id = a.id AND a.kind = 'open'"
# A notice names the body at the top of its tree; whoever stands below it is meant too.
SAME_END_USER = (
    f"EXISTS (SELECT 1 FROM parties_party p JOIN parties_party u ON u.id = d.end_user_id WHERE (p.id = a.end_user_id OR p.id IN ({ULTIMATE}) "  # noqa: S608 - constants of ours
    f"OR p.id IN ({RECIPIENT})) AND p.path LIKE u.path || '%')")
SAME_COUNTRY = "(d.country = a.country OR CAST(a.destinations AS text) LIKE '%\"' || d.country || '\"%')"


def _written(first: str, second: str) -> str:
    """Whether the lines of a denial hold the type and calibre of line `l`, their names in this order: each database has its own."""
    line = f"'{{\"{first}\": \"' || l.{first} || '\", \"{second}\": \"' || l.{second} || '\"}}'"
    return f"REPLACE(CAST(d.lines AS text), {line}, '') <> CAST(d.lines AS text)"


SAME_GOODS = (
    "EXISTS (SELECT 1 FROM licensing_applicationline l WHERE l.application_id = a.id AND "  # noqa: S608 - constants of ours
    f"({_written('firearm_type', 'calibre')} OR {_written('calibre', 'firearm_type')}))")


def _day(of: str) -> str:
    """A day as a number that grows by a hundred a month: how many months apart two days are is a difference of it."""
    text = f"CAST({of} AS text)"
    year, month, day = (f"CAST(SUBSTR({text}, {start}, {length}) AS integer)" for start, length in ((1, 4), (6, 2), (9, 2)))
    return f"(({year} * 12 + {month}) * 100 + {day})"


def _counts(at: str) -> str:
    """Whether denial `d` counts at a moment, by the rules of this installation that ask for a consultation."""
    spans = [f"({dated.days_of(rule, at)} AND {_day('d.denied_on')} > {_day(at)} - {100 * (rule.number('months') or 0)})"
             for rule in dated.rules(dated.DENIALS) if rule.says("consult") == "yes"]
    return f"({' OR '.join(spans)})" if spans else "1 = 0"


def not_consulted(at: str) -> str:
    """The condition that a live denial touches the application of a new row and its state was not consulted."""
    return (
        "EXISTS (SELECT 1 FROM licensing_notifieddenial d JOIN licensing_application a ON a.id = NEW.application_id "  # noqa: S608 - constants of ours
        f"WHERE {_counts(at)} AND NOT EXISTS (SELECT 1 FROM licensing_denialended e WHERE e.denial_id = d.leaf_id) "
        "AND NOT EXISTS (SELECT 1 FROM licensing_denialconsultation c WHERE c.denial_id = d.leaf_id AND c.application_id = a.id) "
        f"AND {SAME_COUNTRY} AND {SAME_END_USER} AND {SAME_GOODS})")


SAYS = "nothing is {} that another state denied before that state was consulted (2008/944/CFSP, article 4)"
CONSULTED_FIRST = (
    Guard("recommendation_consulted", "licensing_recommendation", "INSERT", f"NEW.outcome = 'approve' AND {not_consulted('NEW.recorded_at')}",
          SAYS.format("recommended for approval")),
    Guard("decision_consulted", "licensing_decision", "INSERT", f"NEW.outcome = 'approve' AND {not_consulted('NEW.recorded_at')}",
          SAYS.format("approved")),
    Guard("licence_consulted", "licensing_licence", "INSERT", not_consulted("NEW.recorded_at"), SAYS.format("licensed")),
)
