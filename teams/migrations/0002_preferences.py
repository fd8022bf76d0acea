from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='muted_notices',
            field=models.JSONField(blank=True, default=list, verbose_name='notices not sent by e-mail'),
        ),
        migrations.AddField(
            model_name='user',
            name='preferred_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'customer'), models.Q(('account_id', ''), _negated=True)), fields=('account_id',), name='account_id_once'),
        ),
    ]
