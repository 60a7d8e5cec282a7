"""Bodies whose advice was asked before may read the documents of those applications too."""

from django.db import migrations


def open_documents(apps, schema_editor):
    opened = apps.get_model("documents", "OpenedSubject")
    asked = apps.get_model("licensing", "CaseEvent").objects.filter(sort="advice_asked")
    for subject, party in asked.values_list("application__reference", "body_id").distinct():
        opened.objects.get_or_create(subject=subject, party_id=party)


class Migration(migrations.Migration):

    dependencies = [
        ("documents", "0003_opened_subjects"),
        ("licensing", "0009_certificates_stand_apart"),
    ]

    operations = [migrations.RunPython(open_documents, migrations.RunPython.noop)]
