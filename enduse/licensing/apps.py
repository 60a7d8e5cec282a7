"""The app, and its guards in the database."""

from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "enduse.licensing"

    def ready(self) -> None:
        from enduse.ledger.guards import watch
        from enduse.licensing.guards import GUARDS

        watch(self, GUARDS)
