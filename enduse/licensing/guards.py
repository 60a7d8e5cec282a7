"""What the database refuses in licensing, whoever writes: rule 2's second person, rule 1's balance, what was decided standing as it was."""

from __future__ import annotations

from enduse.ledger.guards import Guard, forgotten, stands
from enduse.licensing import dated
from enduse.licensing.denial_guard import CONSULTED_FIRST
from enduse.licensing.screening_guard import ASSESSED_SCREENED

TOOK_PART = (
    "NEW.recorded_by_id IS NULL OR EXISTS (SELECT 1 FROM licensing_recommendation r JOIN licensing_assessment a ON a.leaf_id = r.assessment_id "
    "WHERE r.leaf_id = NEW.recommendation_id AND NEW.recorded_by_id IN (r.recorded_by_id, a.recorded_by_id))")
VOID = (
    "EXISTS (SELECT 1 FROM licensing_sentback b WHERE b.recommendation_id = NEW.recommendation_id) OR EXISTS ("
    "SELECT 1 FROM licensing_recommendation mine JOIN licensing_recommendation later ON later.application_id = mine.application_id "
    "AND later.leaf_id > mine.leaf_id WHERE mine.leaf_id = NEW.recommendation_id)")
PART_IN_FIRST = (
    "EXISTS (SELECT 1 FROM licensing_decision d JOIN licensing_recommendation r ON r.leaf_id = d.recommendation_id "
    "JOIN licensing_assessment a ON a.leaf_id = r.assessment_id "
    "LEFT JOIN licensing_countersignature c ON c.recommendation_id = r.leaf_id "
    "WHERE d.leaf_id = NEW.previous_id AND NEW.recorded_by_id IN (d.recorded_by_id, r.recorded_by_id, a.recorded_by_id, c.recorded_by_id))")
USED = (
    "(SELECT COALESCE(SUM(u.quantity), 0) FROM licensing_licenceuse u WHERE u.line_id = NEW.line_id) + NEW.quantity > "
    "(SELECT l.quantity FROM licensing_licenceline l WHERE l.id = NEW.line_id)")
LICENSED = "EXISTS (SELECT 1 FROM licensing_licence l WHERE l.application_id = NEW.id)"
SUBMISSION_FORGOTTEN = forgotten("(SELECT s.leaf_id FROM licensing_submission s WHERE s.application_id = NEW.id)")

CERTIFICATE = "licensing_endusecertificate e JOIN certificates_certificate c ON c.leaf_id = e.registered_id WHERE e.application_id = NEW.application_id"
CHALLENGED = (
    f"EXISTS (SELECT 1 FROM {CERTIFICATE} AND EXISTS (SELECT 1 FROM certificates_challenge x WHERE x.certificate_id = c.leaf_id AND NOT EXISTS ("  # noqa: S608 - constants of ours
    "SELECT 1 FROM certificates_challengelifted l WHERE l.challenge_id = x.leaf_id)))")
UNCONFIRMED = (
    f"NOT EXISTS (SELECT 1 FROM {CERTIFICATE} AND (c.source = 'issued' "  # noqa: S608 - constants of ours
    "OR EXISTS (SELECT 1 FROM certificates_signedfile f WHERE f.certificate_id = c.leaf_id AND f.says = 'issued') "
    "OR 'confirmed' = (SELECT a.outcome FROM certificates_inquiryanswer a JOIN certificates_inquiry i ON i.leaf_id = a.inquiry_id "
    "WHERE i.certificate_id = c.leaf_id ORDER BY a.leaf_id DESC LIMIT 1)))")
# An open licence's consignments carry certificates of their own: where a rule says so its application stands on none.
OPEN = "EXISTS (SELECT 1 FROM licensing_application o WHERE o.id = NEW.application_id AND o.kind = 'open')"
NO_CERTIFICATE = "NOT EXISTS (SELECT 1 FROM licensing_endusecertificate n WHERE n.application_id = NEW.application_id)"
NAMED_OF_USE = (
    "EXISTS (SELECT 1 FROM licensing_licenceline l JOIN licensing_firstuse f ON f.licence_id = l.licence_id "
    "WHERE l.id = NEW.line_id AND f.end_user_id = NEW.end_user_id)")
OF_OPEN_LINE = (
    "EXISTS (SELECT 1 FROM licensing_licenceline l JOIN licensing_licence k ON k.leaf_id = l.licence_id JOIN licensing_application a "
    "ON a.id = k.application_id WHERE l.id = NEW.line_id AND a.kind = 'open')")
LISTED = (
    "EXISTS (SELECT 1 FROM licensing_licence k JOIN licensing_application a ON a.id = k.application_id JOIN parties_party u ON u.id = "
    "NEW.end_user_id WHERE k.leaf_id = NEW.licence_id AND (u.id = a.end_user_id OR (a.kind = 'open' AND (EXISTS (SELECT 1 FROM "
    "licensing_application_recipients r WHERE r.application_id = a.id AND r.party_id = u.id) OR (NOT EXISTS (SELECT 1 FROM "
    "licensing_application_recipients r WHERE r.application_id = a.id) AND (u.country = a.country OR CAST(a.destinations AS text) LIKE "
    "'%\"' || u.country || '\"%'))))))")


def under_the_rule(at: str, name: str, column: str, value: str) -> str:
    """The days on which a rule of a table applies, as this installation's table has them when the guards are put up."""
    spans = [dated.days_of(rule, at) for rule in dated.rules(name) if rule.says(column) == value]
    return f"({' OR '.join(spans)})" if spans else "1 = 0"


GUARDS = (
    ASSESSED_SCREENED,
    *CONSULTED_FIRST,
    Guard("decision_second_person", "licensing_decision", "INSERT", TOOK_PART, "rule 2: nobody decides what they recommended or assessed"),
    Guard("decision_on_live", "licensing_decision", "INSERT", VOID, "rule 2: this recommendation is void"),
    Guard("decision_two_persons", "licensing_decision", "INSERT",
          "EXISTS (SELECT 1 FROM licensing_countersignature c WHERE c.recommendation_id = NEW.recommendation_id AND c.recorded_by_id = "
          "NEW.recorded_by_id)", "rule 2: two countersigners are two persons"),
    Guard("decision_all_signed", "licensing_decision", "INSERT",
          "EXISTS (SELECT 1 FROM licensing_countersignature c WHERE c.recommendation_id = NEW.recommendation_id GROUP BY c.recommendation_id "
          "HAVING COUNT(*) + 1 < MAX(c.needed))", "rule 2: a countersignature is missing"),
    Guard("appeal_other_officers", "licensing_decision", "INSERT", PART_IN_FIRST,
          "rule 2: an appeal is decided by officers who had no part in the first decision"),
    Guard("decision_on_good_certificate", "licensing_decision", "INSERT", f"NEW.outcome = 'approve' AND {CHALLENGED}",
          "nothing is approved on a certificate that was recalled, is disputed or forged"),
    Guard("decision_on_confirmed_certificate", "licensing_decision", "INSERT",
          f"NEW.outcome = 'approve' AND {under_the_rule('NEW.recorded_at', dated.CERTIFICATES, 'needs', dated.CONFIRMED)} AND {UNCONFIRMED} "
          f"AND NOT ({OPEN} AND {under_the_rule('NEW.recorded_at', dated.CERTIFICATES, 'needs', dated.PER_CONSIGNMENT)} AND {NO_CERTIFICATE})",
          "nothing is approved on a certificate that its issuer has not confirmed"),
    Guard("licence_on_good_certificate", "licensing_licence", "INSERT", CHALLENGED,
          "no licence is issued on a certificate that was recalled, is disputed or forged"),
    stands("decision_stands", "licensing_decision", "rule 5: a decision is never edited",
           keeps=("application_id", "recommendation_id", "recommended_by_id", "outcome", "previous_id", "notice_rule")),
    stands("recommendation_stands", "licensing_recommendation", "rule 5: a recommendation is never edited",
           keeps=("application_id", "assessment_id", "outcome", "conditions", "reason_codes")),
    Guard("countersignature_second_person", "licensing_countersignature", "INSERT", TOOK_PART,
          "rule 2: nobody countersigns what they recommended or assessed"),
    Guard("countersignature_on_live", "licensing_countersignature", "INSERT", VOID, "rule 2: this recommendation is void"),
    stands("countersignature_stands", "licensing_countersignature", "rule 5: a countersignature is never edited",
           keeps=("recommendation_id", "needed", "rules")),
    Guard("use_within_line", "licensing_licenceuse", "INSERT", USED, "rule 1: more than the licence line permits",
          lock="licensing_licenceline WHERE id = NEW.line_id"),
    Guard("purchases_within_line", "licensing_purchase", "INSERT",
          "(SELECT COALESCE(SUM(p.quantity), 0) FROM licensing_purchase p WHERE p.line_id = NEW.line_id AND NOT EXISTS (SELECT 1 FROM "
          "licensing_purchaserelease r WHERE r.purchase_id = p.leaf_id)) + NEW.quantity > (SELECT l.quantity FROM licensing_licenceline l "
          "WHERE l.id = NEW.line_id)", "rule 1: more is ordered than the licence line permits", lock="licensing_licenceline WHERE id = NEW.line_id"),
    Guard("use_for_named", "licensing_licenceuse", "INSERT", f"{OF_OPEN_LINE} AND NOT {NAMED_OF_USE}",
          "an open licence is used only for an end user whose first use is registered"),
    Guard("first_use_listed", "licensing_firstuse", "INSERT", f"NOT {LISTED}", "the licence neither names this end user nor lists its country"),
    Guard("undertaking_listed", "licensing_undertaking", "INSERT", f"NOT {LISTED}", "the licence neither names this end user nor lists its country"),
    stands("notified_denial_stands", "licensing_notifieddenial", "rule 5: a notified denial is never edited",
           keeps=("state", "number", "denied_on", "end_user_id", "country", "lines", "reason_codes", "received_from", "paper_id")),
    stands("consultation_stands", "licensing_denialconsultation", "rule 5: a consultation is never edited",
           keeps=("application_id", "denial_id", "asked_on", "asked_whom", "answered_on", "position", "paper_id")),
    stands("explanation_stands", "licensing_denialexplained", "rule 5: what a state was told is never edited", keeps=("consultation_id", "told_on")),
    stands("first_use_stands", "licensing_firstuse", "rule 5: a first use is never edited", keeps=("licence_id", "end_user_id")),
    stands("undertaking_stands", "licensing_undertaking", "rule 5: an undertaking is never edited", keeps=("licence_id", "end_user_id", "certificate_id")),
    Guard("return_days_stand", "licensing_returnperiod", "UPDATE", "1 = 1", "rule 5: the days of a return are never edited"),
    Guard("licensed_recipients_stand", "licensing_application_recipients", "INSERT",
          "EXISTS (SELECT 1 FROM licensing_licence l WHERE l.application_id = NEW.application_id)", "rule 5: what was licensed is never edited"),
    Guard("licensed_parties_stand", "licensing_namedparty", "INSERT",
          "EXISTS (SELECT 1 FROM licensing_licence l WHERE l.application_id = NEW.application_id)", "rule 5: what was licensed is never edited"),
    Guard("licensed_parties_stay", "licensing_namedparty", "UPDATE",
          "EXISTS (SELECT 1 FROM licensing_licence l WHERE l.application_id = NEW.application_id)", "rule 5: what was licensed is never edited"),
    Guard("licensed_recipients_stay", "licensing_application_recipients", "UPDATE",
          "EXISTS (SELECT 1 FROM licensing_licence l WHERE l.application_id = NEW.application_id)", "rule 5: what was licensed is never edited"),
    Guard("use_stands", "licensing_licenceuse", "UPDATE", "1 = 1", "rule 5: a use is never edited"),
    Guard("line_stands", "licensing_licenceline", "UPDATE", "1 = 1", "rule 5: a licence line is never edited; only a replacement may follow it"),
    Guard("licence_stands", "licensing_licence", "UPDATE", "1 = 1", "rule 5: a licence is never edited"),
    Guard("licensed_words_stand", "licensing_application", "UPDATE OF end_user_id, consignee_id, applicant_id, seller_id, country, kind, return_by, origin_country, consent, destinations",
          LICENSED, "rule 5: what was licensed is never edited"),
    Guard("licensed_purpose_stands", "licensing_application", "UPDATE OF purpose", f"{LICENSED} AND NOT (NEW.purpose = '' AND {SUBMISSION_FORGOTTEN})",
          "rule 5: what was licensed is never edited"),
    Guard("licensed_lines_stand", "licensing_applicationline", "UPDATE",
          "EXISTS (SELECT 1 FROM licensing_licence l WHERE l.application_id = NEW.application_id)", "rule 5: what was licensed is never edited"),
    Guard("reinstated_by_another", "licensing_licencechange", "INSERT",
          "NEW.change = 'reinstated' AND (NEW.recorded_by_id IS NULL OR NEW.recorded_by_id = (SELECT c.recorded_by_id FROM licensing_licencechange c "
          "WHERE c.licence_id = NEW.licence_id AND c.change = 'suspended' ORDER BY c.leaf_id DESC LIMIT 1))",
          "rule 2: another person reinstates what one suspended"),
    Guard("revoked_by_two", "licensing_licencechange", "INSERT",
          "NEW.change = 'revoked' AND (NEW.proposal_id IS NULL OR NEW.recorded_by_id IS NULL OR NOT EXISTS (SELECT 1 FROM licensing_changeproposal p "
          "WHERE p.leaf_id = NEW.proposal_id AND p.licence_id = NEW.licence_id AND p.change = 'revoke' "
          "AND p.recorded_by_id <> NEW.recorded_by_id))", "rule 2: two officers revoke a licence"),
    stands("change_stands", "licensing_licencechange", "rule 5: a change of a licence is never edited",
           keeps=("licence_id", "change", "effective_on", "proposal_id", "replaced_by_id")),
    Guard("change_answered_by_another", "licensing_changeanswer", "INSERT",
          "NEW.recorded_by_id IS NULL OR EXISTS (SELECT 1 FROM licensing_changeproposal p WHERE p.leaf_id = NEW.proposal_id "
          "AND p.recorded_by_id = NEW.recorded_by_id)", "rule 2: another officer answers a proposal"),
    stands("advisory_stands", "licensing_advisory", "rule 5: an enquiry is never edited",
           keeps=("reference", "asked_by_id", "end_user_id", "party_kind", "country", "goods", "copy_of_id", "due_on")),
    stands("advisory_answer_stands", "licensing_advisoryanswer", "rule 5: an answer is never edited", keeps=("advisory_id", "outcome", "screening_id")),
    Guard("advisory_answered_once", "licensing_advisoryanswer", "INSERT",
          "EXISTS (SELECT 1 FROM licensing_advisorywithdrawal w WHERE w.advisory_id = NEW.advisory_id)", "a withdrawn enquiry is not answered"),
    Guard("advisory_withdrawn_once", "licensing_advisorywithdrawal", "INSERT",
          "EXISTS (SELECT 1 FROM licensing_advisoryanswer w WHERE w.advisory_id = NEW.advisory_id)", "an answered enquiry is not withdrawn"),
    Guard("advisory_answer_screened", "licensing_advisoryanswer", "INSERT",
          "EXISTS (SELECT 1 FROM screening_hit h WHERE h.screening_id = NEW.screening_id AND h.remembered_id IS NULL AND NOT EXISTS "
          "(SELECT 1 FROM screening_hitresolution r WHERE r.hit_id = h.id)) OR NOT EXISTS (SELECT 1 FROM screening_screening s "
          "JOIN licensing_advisory a ON a.end_user_id = s.party_id WHERE s.leaf_id = NEW.screening_id AND a.leaf_id = NEW.advisory_id)",
          "rule 2: an enquiry is answered when each possible match of its end user is"),
)
