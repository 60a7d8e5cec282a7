"""The words of certificates that are older than the table of them."""

from django.db import migrations

from enduse.words import words_in

AT_ONCE = 2_000


def fill(apps, _schema):
    certificates, words = apps.get_model("certificates", "Certificate"), apps.get_model("certificates", "CertificateWord")
    said = certificates.objects.order_by("pk").values_list("pk", "number", "issuer", "end_user")
    rows = (words(certificate_id=pk, word=word) for pk, *texts in said.iterator(AT_ONCE) for word in words_in(texts))
    words.objects.bulk_create(rows, batch_size=AT_ONCE)


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0002_words_of_certificates'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
