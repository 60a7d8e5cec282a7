"""Every alert of the kind 'barred' until now was raised by a transfer that was refused: they say so from here on."""

from django.db import migrations


def say_refused(apps, schema_editor):
    apps.get_model("alerts", "Alert").objects.filter(kind="barred").update(kind="transfer")


def say_barred(apps, schema_editor):
    apps.get_model("alerts", "Alert").objects.filter(kind="transfer").update(kind="barred")


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0008_refused_transfers_and_returns'),
    ]

    operations = [migrations.RunPython(say_refused, say_barred)]
