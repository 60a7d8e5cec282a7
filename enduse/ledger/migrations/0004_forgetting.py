import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_key_rotation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ForgettingProposal',
            fields=[
                ('leaf', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.leaf')),
                ('recorded_at', models.DateTimeField(db_index=True)),
                ('entry_kind', models.CharField(max_length=40)),
                ('authority', models.CharField(max_length=200)),
                ('reason', models.TextField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forgettings', to='ledger.leaf')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Forgetting',
            fields=[
                ('leaf', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.leaf')),
                ('recorded_at', models.DateTimeField(db_index=True)),
                ('ordered', models.BooleanField()),
                ('note', models.TextField(blank=True)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='ledger.forgettingproposal')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('recorded_by', models.F('proposed_by')), _negated=True), name='nobody_orders_own_forgetting')],
            },
        ),
    ]
