"""The app, and its guards in the database."""

from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "enduse.deliveries"

    def ready(self) -> None:
        from enduse.deliveries.guards import GUARDS
        from enduse.deliveries.queries import is_own
        from enduse.documents.subjects import told
        from enduse.ledger.guards import watch

        watch(self, GUARDS)
        told(self.name, is_own)
