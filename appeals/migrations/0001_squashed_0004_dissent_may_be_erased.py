"""The tables of the application as they were after 0001 to 0004, in one step."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import appeals.models.bundle
from teams.begin import CreateTogether


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('complaints', '0001_squashed_0025_learning'),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Appeal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=0, editable=False)),
                    ('state', django_fsm.FSMField(choices=[('lodged', 'Lodged'), ('admitted', 'Admitted'), ('out_of_time', 'Out of time'), ('reviewing', 'Under review'), ('ruled', 'Ruled'), ('withdrawn', 'Withdrawn'), ('referred', 'Before an outside body'), ('awarded', 'Award received'), ('discontinued', 'Discontinued'), ('closed', 'Closed')], default='lodged', max_length=12, protected=True)),
                    ('lodged_at', models.DateTimeField()),
                    ('statement', models.TextField()),
                    ('desired_outcome', models.TextField(blank=True, default='')),
                    ('in_time', models.BooleanField(default=True)),
                    ('late_reason', models.TextField(blank=True, default='')),
                    ('file_seq', models.PositiveBigIntegerField(default=0)),
                    ('file_head', models.CharField(blank=True, default='', max_length=64)),
                    ('outcome', models.CharField(blank=True, choices=[('confirmed', 'Confirmed'), ('varied', 'Varied'), ('overturned', 'Overturned'), ('remitted', 'Sent back')], default='', max_length=10)),
                    ('ruling_summary', models.TextField(blank=True, default='')),
                    ('ruling_reasons', models.TextField(blank=True, default='')),
                    ('lesson', models.TextField(blank=True, default='')),
                    ('ruled_at', models.DateTimeField(blank=True, null=True)),
                    ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='complaints.complaint')),
                    ('decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='complaints.decision')),
                    ('first_proposer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('lodged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('new_decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='born_of_appeal', to='complaints.decision')),
                    ('reviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL)),
                    ('panel_why', models.CharField(blank=True, choices=[('amount', 'Because of the amount'), ('principle', 'Because of a principle')], default='', max_length=9)),
                ],
                options={
                    'verbose_name': 'appeal',
                    'verbose_name_plural': 'appeals',
                    'ordering': ['-lodged_at', '-pk'],
                    'default_permissions': ('view', 'change'),
                    'indexes': [models.Index(condition=models.Q(('state__in', ['closed', 'withdrawn', 'out_of_time']), _negated=True), fields=['reviewer', 'lodged_at'], name='appeal_my_queue')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('decision__isnull', False)), fields=('decision',), name='appeal_once_a_decision'), models.UniqueConstraint(condition=models.Q(('state__in', ['closed', 'withdrawn', 'out_of_time']), _negated=True), fields=('complaint',), name='appeal_one_alive'), models.CheckConstraint(condition=models.Q(('reviewer__isnull', True), ('first_proposer__isnull', True), models.Q(('reviewer', models.F('first_proposer')), _negated=True), _connector='OR'), name='appeal_reviewer_not_proposer'), models.CheckConstraint(condition=models.Q(('state__in', ['lodged', 'admitted', 'out_of_time', 'reviewing', 'ruled', 'withdrawn', 'referred', 'awarded', 'discontinued', 'closed'])), name='appeal_state_known')],
                },
            ),
            migrations.CreateModel(
                name='PanelSeat',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('seat', models.PositiveSmallIntegerField()),
                    ('seated_at', models.DateTimeField()),
                    ('left_at', models.DateTimeField(blank=True, null=True)),
                    ('vote', models.CharField(blank=True, choices=[('agrees', 'Agrees'), ('dissents', 'Dissents')], default='', max_length=8)),
                    ('reasons', models.TextField(blank=True, default='')),
                    ('voted_at', models.DateTimeField(blank=True, null=True)),
                    ('ruling_sha256', models.CharField(blank=True, default='', max_length=64)),
                    ('appeal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='appeals.appeal')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panel_seats', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'seat on a panel',
                    'verbose_name_plural': 'seats on panels',
                    'ordering': ['seat'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('appeal', 'seat'), name='panel_seat_taken_once'), models.UniqueConstraint(fields=('appeal', 'user'), name='panel_member_once')],
                },
            ),
            migrations.CreateModel(
                name='Ground',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('kind', models.CharField(choices=[('facts_wrong', 'The facts are wrong'), ('evidence_not_weighed', 'Evidence was not weighed'), ('rule_misapplied', 'A rule was applied wrongly'), ('remedy_too_small', 'The remedy is too small'), ('procedure_unfair', 'The procedure was unfair'), ('new_evidence', 'There is new evidence'), ('refusal_wrong', 'The complaint should have been admitted')], max_length=24)),
                    ('text', models.TextField()),
                    ('accepted', models.BooleanField(blank=True, null=True)),
                    ('answer', models.TextField(blank=True, default='')),
                    ('appeal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grounds', to='appeals.appeal')),
                    ('point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.point')),
                ],
                options={
                    'verbose_name': 'ground of appeal',
                    'verbose_name_plural': 'grounds of appeal',
                    'ordering': ['number'],
                    'constraints': [models.UniqueConstraint(fields=('appeal', 'number'), name='appeal_ground_number_once')],
                },
            ),
            migrations.CreateModel(
                name='Bundle',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('variant', models.CharField(choices=[('whole', 'Everything, for our own people'), ('shared', 'What both sides may read')], max_length=6)),
                    ('asked_at', models.DateTimeField()),
                    ('step', models.CharField(choices=[('waiting', 'Waiting for a worker'), ('reading', 'Checking the files against their hashes'), ('drawing', 'Drawing the PDF'), ('packing', 'Packing and signing'), ('made', 'Ready')], default='waiting', max_length=8)),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('total', models.PositiveIntegerField(default=0)),
                    ('made_at', models.DateTimeField(blank=True, null=True)),
                    ('ledger_seq', models.PositiveBigIntegerField(default=0)),
                    ('exhibits', models.PositiveIntegerField(default=0)),
                    ('file', models.FileField(blank=True, max_length=80, storage=appeals.models.bundle.bundle_storage, upload_to=appeals.models.bundle.bundle_name)),
                    ('size', models.PositiveBigIntegerField(default=0)),
                    ('sha256', models.CharField(blank=True, default='', max_length=64)),
                    ('manifest_sha256', models.CharField(blank=True, default='', max_length=64)),
                    ('gone_at', models.DateTimeField(blank=True, null=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('leased_until', models.DateTimeField(blank=True, null=True)),
                    ('error', models.CharField(blank=True, default='', max_length=300)),
                    ('appeal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='appeals.appeal')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='complaints.complaint')),
                ],
                options={
                    'verbose_name': 'case bundle',
                    'verbose_name_plural': 'case bundles',
                    'ordering': ['-asked_at', '-pk'],
                    'default_permissions': (),
                    'indexes': [models.Index(condition=models.Q(('made_at__isnull', True)), fields=['asked_at', 'id'], name='bundle_owed')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('made_at__isnull', True)), fields=('complaint', 'variant'), name='bundle_owed_once')],
                },
            ),
            migrations.CreateModel(
                name='FiledItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('kind', models.CharField(max_length=12)),
                    ('object_id', models.PositiveBigIntegerField()),
                    ('title', models.CharField(max_length=255)),
                    ('sha256', models.CharField(max_length=64)),
                    ('dated', models.DateTimeField()),
                    ('appeal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='file', to='appeals.appeal')),
                ],
                options={
                    'verbose_name': 'document of the file',
                    'verbose_name_plural': 'documents of the file',
                    'ordering': ['number'],
                    'constraints': [models.UniqueConstraint(fields=('appeal', 'number'), name='filed_item_number_once')],
                },
            ),
        ]),
    ]
