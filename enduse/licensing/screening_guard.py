"""Rule 2 in the database: what is not screened, against the lists of the moment and with each hit answered, is not assessed."""

from __future__ import annotations

from enduse.ledger.guards import Guard
from enduse.parties.queries import FARTHEST_OWNER

# Every party of the application, and whoever owns or runs it.
PARTIES = (
    "SELECT a.applicant_id AS party FROM licensing_application a WHERE a.id = NEW.application_id "
    "UNION SELECT a.seller_id FROM licensing_application a WHERE a.id = NEW.application_id AND a.seller_id IS NOT NULL "
    "UNION SELECT a.payer_id FROM licensing_application a WHERE a.id = NEW.application_id AND a.payer_id IS NOT NULL "
    "UNION SELECT a.end_user_id FROM licensing_application a WHERE a.id = NEW.application_id "
    "UNION SELECT a.consignee_id FROM licensing_application a WHERE a.id = NEW.application_id "
    "UNION SELECT m.party_id FROM licensing_application_intermediaries m WHERE m.application_id = NEW.application_id "
    "UNION SELECT m.party_id FROM licensing_application_recipients m WHERE m.application_id = NEW.application_id "
    "UNION SELECT m.party_id FROM licensing_namedparty m WHERE m.application_id = NEW.application_id")
EVERYBODY = (
    f"WITH RECURSIVE everybody(party, steps) AS (SELECT named.party, 0 FROM ({PARTIES}) named UNION SELECT l.holder_id, everybody.steps + 1 "  # noqa: S608 - constants of ours
    f"FROM everybody JOIN parties_link l ON l.party_id = everybody.party WHERE everybody.steps < {FARTHEST_OWNER} "
    "AND NOT EXISTS (SELECT 1 FROM parties_linkend e WHERE e.link_id = l.leaf_id))")
OPEN_HIT = (
    "EXISTS (SELECT 1 FROM screening_hit h WHERE h.screening_id = s.leaf_id AND h.remembered_id IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM screening_hitresolution r WHERE r.hit_id = h.id))")
# The lists that a screening covers are a list of numbers, the same text in either database; the last rescreening that kept it says more.
COVERED = (
    "',' || REPLACE(REPLACE(REPLACE(CAST(COALESCE((SELECT g.list_versions FROM screening_rescreened k JOIN screening_rescreening g "
    "ON g.leaf_id = k.rescreening_id WHERE k.screening_id = s.leaf_id ORDER BY g.leaf_id DESC LIMIT 1), s.list_versions) AS text), "
    "'[', ''), ']', ''), ' ', '') || ','")
LIST_NOT_COVERED = (
    "EXISTS (SELECT 1 FROM screening_listversion v WHERE NOT EXISTS (SELECT 1 FROM screening_listversion n WHERE n.source = v.source "  # noqa: S608 - constants of ours
    f"AND n.leaf_id > v.leaf_id) AND {COVERED} NOT LIKE '%,' || CAST(v.leaf_id AS text) || ',%')")
# A name that an order forgot is empty in the screening; the party is known by its digest then, to the action only.
RENAMED = "s.name NOT IN ('', p.name)"
NOT_SCREENED = (
    f"EXISTS ({EVERYBODY} SELECT 1 FROM everybody JOIN parties_party p ON p.id = everybody.party WHERE NOT EXISTS (SELECT 1 FROM "  # noqa: S608 - constants of ours
    f"screening_screening s WHERE s.leaf_id = (SELECT MAX(m.leaf_id) FROM screening_screening m WHERE m.party_id = p.id) "
    f"AND NOT {RENAMED} AND NOT {OPEN_HIT} AND NOT {LIST_NOT_COVERED}))")

ASSESSED_SCREENED = Guard(
    "assessment_screened", "licensing_assessment", "INSERT", NOT_SCREENED,
    "rule 2: an application is assessed when each of its parties is screened against the current lists and each possible match is answered")
