"""Marks elsewhere on a gun than on its frame, and what of a recovery was read with doubt."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("tracing", "0002_error_versions"),
    ]

    operations = [
        migrations.AddField(model_name="recovery", name="other_marks", field=models.JSONField(default=list)),
        migrations.AddField(model_name="recovery", name="doubtful", field=models.JSONField(default=list)),
    ]
