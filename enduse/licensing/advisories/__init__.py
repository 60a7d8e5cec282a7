"""End-user advisories: before any application an exporter asks whether the authority has concerns about a named end user."""
