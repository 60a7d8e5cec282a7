"""Tells the database which words of certificates are searched for."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "enduse.certificates"

    def ready(self) -> None:
        from enduse.certificates.models import CertificateText
        from enduse.words import index_words

        index_words(self, CertificateText)
