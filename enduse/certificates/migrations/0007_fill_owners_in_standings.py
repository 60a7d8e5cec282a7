"""The owners of certificates that were filed before their rows said it."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, _schema):
    certificates, standings = apps.get_model("certificates", "Certificate"), apps.get_model("certificates", "CertificateStanding")
    owner = certificates.objects.filter(pk=OuterRef("certificate")).order_by().values("owner")[:1]
    standings.objects.update(owner=Subquery(owner))


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0006_owners_in_standings'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
