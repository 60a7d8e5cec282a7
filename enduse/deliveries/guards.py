"""What the database refuses in deliveries, whoever writes: moving under a licence that is not live, changing what was shipped."""

from __future__ import annotations

from enduse.ledger.guards import Guard, stands
from enduse.licensing import dated
from enduse.licensing.guards import under_the_rule

# The licence's last change stopped it.
STOPPED = (
    "(SELECT c.change FROM licensing_licencechange c WHERE c.licence_id = {licence} ORDER BY c.leaf_id DESC LIMIT 1) "
    "IN ('suspended', 'revoked', 'surrendered', 'replaced')")
SHIPPED = (
    "EXISTS (SELECT 1 FROM deliveries_manifestline m JOIN deliveries_consignmentstep s ON s.consignment_id = m.consignment_id "
    "WHERE m.firearm_id = NEW.id AND s.step = 'shipped')")

# The consignee is named by the licence: it, or one below the end user; of an open one below a recipient, or in a country that it lists.
CONSIGNEE_NAMED = (
    "EXISTS (SELECT 1 FROM licensing_licence k JOIN licensing_application a ON a.id = k.application_id JOIN parties_party e ON e.id = a.end_user_id "
    "JOIN parties_party c ON c.id = NEW.consignee_id WHERE k.leaf_id = NEW.licence_id AND (c.id = a.consignee_id OR c.path LIKE e.path || '%' "
    "OR (a.kind = 'open' AND (EXISTS (SELECT 1 FROM licensing_application_recipients r JOIN parties_party p ON p.id = r.party_id "
    "WHERE r.application_id = a.id AND c.path LIKE p.path || '%') OR (NOT EXISTS (SELECT 1 FROM licensing_application_recipients r "
    "WHERE r.application_id = a.id) AND EXISTS (SELECT 1 FROM licensing_firstuse f JOIN parties_party p ON p.id = f.end_user_id "
    "WHERE f.licence_id = k.leaf_id AND c.path LIKE p.path || '%'))))))")
OPEN = (
    "EXISTS (SELECT 1 FROM licensing_licence k JOIN licensing_application a ON a.id = k.application_id WHERE k.leaf_id = NEW.licence_id "
    "AND a.kind = 'open')")
FIRST_USED = (
    "EXISTS (SELECT 1 FROM licensing_firstuse f JOIN licensing_licence k ON k.leaf_id = f.licence_id JOIN licensing_application a ON "
    "a.id = k.application_id JOIN parties_party p ON p.id = f.end_user_id JOIN parties_party c ON c.id = NEW.consignee_id WHERE "
    "f.licence_id = NEW.licence_id AND (c.path LIKE p.path || '%' OR (c.id = a.consignee_id AND p.id = a.end_user_id)))")
OWN_CERTIFICATE = (
    "EXISTS (SELECT 1 FROM licensing_licence k JOIN licensing_endusecertificate n ON n.application_id = k.application_id "
    "WHERE k.leaf_id = NEW.licence_id)")
UNDERTAKEN = (
    "EXISTS (SELECT 1 FROM licensing_undertaking t WHERE t.leaf_id = NEW.undertaking_id AND t.licence_id = NEW.licence_id AND NOT EXISTS ("
    "SELECT 1 FROM certificates_challenge x WHERE x.certificate_id = t.certificate_id AND NOT EXISTS ("
    "SELECT 1 FROM certificates_challengelifted l WHERE l.challenge_id = x.leaf_id)))")
RETURN_OVERDUE = (
    "EXISTS (SELECT 1 FROM licensing_returnperiod d WHERE d.licence_id = {licence} AND d.due_on < date(NEW.recorded_at) AND NOT EXISTS ("
    "SELECT 1 FROM deliveries_licencereturn f WHERE f.licence_id = d.licence_id AND f.number = d.number))")
RETURNS_STOP = under_the_rule("NEW.recorded_at", dated.RETURN_RULES, "stops", "yes")
PER_CONSIGNMENT = under_the_rule("NEW.recorded_at", dated.CERTIFICATES, "needs", dated.PER_CONSIGNMENT)
OF_CONSIGNMENT = "(SELECT k.licence_id FROM deliveries_consignment k WHERE k.leaf_id = NEW.consignment_id)"

GUARDS = (
    Guard("declared_to_named", "deliveries_consignment", "INSERT", f"NOT {CONSIGNEE_NAMED}", "the licence does not name this consignee"),
    Guard("declared_after_first_use", "deliveries_consignment", "INSERT", f"{OPEN} AND {CONSIGNEE_NAMED} AND NOT {FIRST_USED}",
          "under an open licence nothing is declared before its end user's first use is registered"),
    Guard("declared_on_undertaking", "deliveries_consignment", "INSERT",
          f"{OPEN} AND ((NEW.undertaking_id IS NOT NULL AND NOT {UNDERTAKEN}) OR (NEW.undertaking_id IS NULL AND "
          f"({PER_CONSIGNMENT} OR NOT {OWN_CERTIFICATE})))", "a consignment under an open licence stands on its end user's undertaking"),
    Guard("declared_with_returns", "deliveries_consignment", "INSERT", f"{RETURNS_STOP} AND {RETURN_OVERDUE.format(licence='NEW.licence_id')}",
          "nothing is declared while a return is overdue"),
    Guard("shipped_with_returns", "deliveries_consignmentstep", "INSERT",
          f"NEW.step = 'shipped' AND {RETURNS_STOP} AND {RETURN_OVERDUE.format(licence=OF_CONSIGNMENT)}",
          "nothing is shipped while a return is overdue"),
    stands("return_stands", "deliveries_licencereturn", "rule 5: a return is never edited",
           keeps=("licence_id", "number", "rows", "differences", "corrects_id")),
    Guard("declared_under_live", "deliveries_consignment", "INSERT", STOPPED.format(licence="NEW.licence_id"), "nothing is declared under a licence that was stopped"),
    Guard("shipped_under_live", "deliveries_consignmentstep", "INSERT",
          "NEW.step = 'shipped' AND " + STOPPED.format(  # noqa: S608 - constants of ours
              licence="(SELECT k.licence_id FROM deliveries_consignment k WHERE k.leaf_id = NEW.consignment_id)"),
          "nothing is shipped under a licence that was stopped"),
    stands("step_stands", "deliveries_consignmentstep", "rule 5: a step of a consignment is never edited",
           keeps=("consignment_id", "step", "on", "event_id", "received", "missing", "unexpected")),
    Guard("consignment_stands", "deliveries_consignment", "UPDATE", "1 = 1", "rule 5: a consignment is never edited"),
    Guard("manifest_stands", "deliveries_manifestline", "UPDATE", "1 = 1", "rule 5: a manifest is never edited"),
    Guard("manifest_closed", "deliveries_manifestline", "INSERT",
          "EXISTS (SELECT 1 FROM deliveries_consignmentstep s WHERE s.consignment_id = NEW.consignment_id)",
          "rule 5: nothing is added to a manifest once its consignment moved"),
    Guard("shipped_marks_stand", "custody_firearm", "UPDATE OF make, model, firearm_type, calibre, serial, serial_key, year, country", SHIPPED,
          "rule 5: the marks of a firearm are never edited once it was shipped"),
    stands("import_stands", "deliveries_importnotification", "rule 5: a notification is never edited",
           keeps=("reference", "importer_id", "sort", "on", "country_of_export", "licensed_here", "licence_reference", "goods", "digest", "received_from", "paper_id")),
    Guard("import_serials_stand", "deliveries_importserial", "UPDATE", "1 = 1", "rule 5: a notification is never edited"),
)
