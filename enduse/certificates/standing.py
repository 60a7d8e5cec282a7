"""The row that is kept of where each certificate stands. It follows from the certificate's facts: see `states.py`."""

from __future__ import annotations

from django.db import models


class CertificateStanding(models.Model):
    """Derived, rebuildable: where one certificate stands apart from the day, kept so that lists by state are found by index."""

    certificate = models.OneToOneField("certificates.Certificate", primary_key=True, on_delete=models.CASCADE, related_name="kept")
    state = models.CharField(max_length=10)  # what it is as long as it runs: whether it expired is told from its date
    expires_on = models.DateField()
    used = models.IntegerField(default=0)

    class Meta:
        # In the order of the list, with what tells the state of a day, so that a page is found without reading the certificates.
        indexes = [models.Index(name="certificate_standings", fields=["state", "certificate", "expires_on"])]
