from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0004_addresses_of_parties'),
    ]

    operations = [
        migrations.AddField(
            model_name='party',
            name='in_directory',
            field=models.BooleanField(default=True),
        ),
        migrations.RemoveConstraint(
            model_name='party',
            name='one_party_a_name',
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(condition=models.Q(('in_directory', True), ('parent', None)), fields=('name', 'country'), name='one_party_a_name'),
        ),
    ]
