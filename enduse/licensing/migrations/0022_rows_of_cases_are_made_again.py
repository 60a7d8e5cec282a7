"""The rows kept of cases go, since what they are to say more of each can be read from the facts alone: they are made again after the migrations."""

from django.db import migrations


def empty(apps, _schema):
    apps.get_model("licensing", "CaseText").objects.all().delete()
    apps.get_model("licensing", "Case").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('licensing', '0021_one_text_of_a_case'),
    ]

    operations = [
        migrations.RunPython(empty, migrations.RunPython.noop),
    ]
