"""The app, and its guards in the database."""

from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "enduse.licensing"

    def ready(self) -> None:
        from enduse.documents.subjects import told
        from enduse.ledger.guards import watch
        from enduse.licensing.cases import CaseText
        from enduse.licensing.guards import GUARDS
        from enduse.licensing.queries import is_own
        from enduse.words import index_words

        watch(self, GUARDS)
        index_words(self, CaseText)
        told(self.name, is_own)
