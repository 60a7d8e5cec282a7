"""Two officers who learn the first version at once leave one."""

from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):

    dependencies = [
        ("tracing", "0003_other_marks_and_doubts"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="errorversion",
            constraint=models.UniqueConstraint(Coalesce("follows", models.Value(-1)), name="one_version_follows_another"),
        ),
    ]
