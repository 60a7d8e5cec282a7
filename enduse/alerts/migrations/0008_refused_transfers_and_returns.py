from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0007_import_alerts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('trace', 'trace to an end user'), ('list_hit', 'list hit'), ('overdue', 'overdue duty'), ('count', 'count does not balance'), ('loss', 'loss reported'), ('watched', 'watched serial recovered'), ('discrepant', 'delivery differs'), ('check', 'check not favourable'), ('barred', 'held where the certificate bars it'), ('appeal', 'appeal against a refusal'), ('customs', 'customs differs'), ('certificate', 'certificate challenged or reused'), ('import', 'import notified differs'), ('transfer', 'transfer refused'), ('return', 'return differs from the register'), ('first_use', 'first use of an open licence')], max_length=12),
        ),
    ]
