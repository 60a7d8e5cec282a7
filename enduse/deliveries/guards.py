"""What the database refuses in deliveries, whoever writes: moving under a licence that is not live, changing what was shipped."""

from __future__ import annotations

from enduse.ledger.guards import Guard, stands

# The licence's last change stopped it.
STOPPED = (
    "(SELECT c.change FROM licensing_licencechange c WHERE c.licence_id = {licence} ORDER BY c.leaf_id DESC LIMIT 1) "
    "IN ('suspended', 'revoked', 'surrendered', 'replaced')")
SHIPPED = (
    "EXISTS (SELECT 1 FROM deliveries_manifestline m JOIN deliveries_consignmentstep s ON s.consignment_id = m.consignment_id "
    "WHERE m.firearm_id = NEW.id AND s.step = 'shipped')")

GUARDS = (
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
           keeps=("reference", "importer_id", "sort", "on", "country_of_export", "licensed_here", "licence_reference", "goods", "digest")),
    Guard("import_serials_stand", "deliveries_importserial", "UPDATE", "1 = 1", "rule 5: a notification is never edited"),
)
