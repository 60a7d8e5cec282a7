import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Fork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('found_at', models.DateTimeField()),
                ('found_by', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(choices=[('second_root', 'another root was signed for this number of entries'), ('rolled_back', 'more entries were signed for than are here'), ('no_continuation', 'a witness finds that the log does not continue what it cosigned before')], max_length=16)),
                ('size', models.BigIntegerField()),
                ('entries_here', models.BigIntegerField()),
                ('evidence', models.TextField()),
                ('identity', models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='WitnessAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('witness', models.CharField(max_length=200, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('ok', 'cosigned'), ('silent', 'no answer'), ('refused', 'refused')], max_length=8)),
                ('detail', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('witness', models.CharField(max_length=200)),
                ('line', models.TextField()),
                ('cosigned_at', models.DateTimeField()),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='ledger.checkpoint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'witness'), name='one_cosignature_of_a_witness')],
            },
        ),
    ]
