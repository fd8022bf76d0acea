"""The tables of the application as they were after 0001 to 0004, in one step."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from teams.begin import CreateTogether


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Calendar',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=32)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('name', models.CharField(max_length=80)),
                    ('time_zone', models.CharField(default='UTC', max_length=64)),
                    ('spans', models.JSONField(default=dict)),
                ],
                options={
                    'verbose_name': 'calendar',
                    'verbose_name_plural': 'calendars',
                    'ordering': ['code', '-version'],
                    'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='calendar_version_once')],
                },
            ),
            migrations.CreateModel(
                name='Holiday',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('name', models.CharField(max_length=120)),
                    ('working', models.BooleanField(default=False)),
                    ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holidays', to='teams.calendar')),
                ],
                options={
                    'verbose_name': 'holiday',
                    'verbose_name_plural': 'holidays',
                    'ordering': ['day'],
                    'constraints': [models.UniqueConstraint(fields=('calendar', 'day'), name='holiday_once')],
                },
            ),
            migrations.CreateModel(
                name='Team',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=32, unique=True)),
                    ('name', models.CharField(max_length=80)),
                    ('email', models.EmailField(blank=True, default='', max_length=254)),
                    ('phone', models.CharField(blank=True, default='', max_length=40)),
                    ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='teams.calendar')),
                    ('group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='team', to='auth.group')),
                ],
                options={
                    'verbose_name': 'team',
                    'verbose_name_plural': 'teams',
                    'ordering': ['code'],
                    'permissions': [('view_cases', "See the team's cases"), ('handle_cases', "Take and handle the team's cases"), ('lead_cases', "Assign, close and reopen the team's cases"), ('triage_cases', 'Admit and route new complaints'), ('refuse_cases', 'Refuse admission'), ('view_status', 'See the public status of every case'), ('view_at_risk', 'See every case with money or access at risk'), ('impose_interim', 'Impose and review interim measures'), ('sign_off_as_lead', 'Sign off decisions as team lead'), ('sign_off_as_approver', 'Sign off decisions as approver'), ('sign_off_as_legal', 'Sign off decisions for legal'), ('sign_off_as_compliance', 'Sign off decisions for compliance'), ('execute_remedies', 'Carry out approved remedies'), ('view_register', 'Read the whole register except barred cases'), ('review_appeals', 'Review appeals'), ('head_desk', 'Head the desk'), ('care_markers', 'Set and read the care markers of customers')],
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='RoutingRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveIntegerField(default=100)),
                    ('category', models.CharField(blank=True, default='', max_length=48)),
                    ('minimum_severity', models.CharField(blank=True, default='', max_length=8)),
                    ('language', models.CharField(blank=True, default='', max_length=10)),
                    ('minimum_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='minimum amount in the reporting currency')),
                    ('funds_at_risk', models.BooleanField(blank=True, null=True)),
                    ('active', models.BooleanField(default=True)),
                    ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='routing_rules', to='teams.team')),
                ],
                options={
                    'verbose_name': 'routing rule',
                    'verbose_name_plural': 'routing rules',
                    'ordering': ['position', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='TeamGroupObjectPermission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='teams.team')),
                    ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                    ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ],
                options={
                    'abstract': False,
                    'unique_together': {('group', 'permission', 'content_object')},
                },
            ),
            migrations.CreateModel(
                name='RoleTemplate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                    ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='what it is for')),
                    ('days', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='ends after so many days')),
                    ('active', models.BooleanField(default=True, verbose_name='in use')),
                ],
                options={
                    'verbose_name': 'role template',
                    'verbose_name_plural': 'role templates',
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='TemplateRole',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('member', 'Member'), ('lead', 'Lead'), ('officer', 'Officer'), ('approver', 'Approver'), ('executor', 'Executor'), ('reviewer', 'Reviewer'), ('head', 'Head of complaints')], max_length=12)),
                    ('approval_limit', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='approval limit in the reporting currency')),
                    ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team')),
                    ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='teams.roletemplate')),
                ],
                options={
                    'verbose_name': 'role of the template',
                    'verbose_name_plural': 'roles of the template',
                    'ordering': ['team', 'role'],
                    'constraints': [models.UniqueConstraint(fields=('template', 'team', 'role'), name='template_role_once')],
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                    ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('kind', models.CharField(choices=[('customer', 'Customer'), ('staff', 'Staff'), ('system', 'System')], default='customer', max_length=8)),
                    ('language', models.CharField(default='en', max_length=10)),
                    ('time_zone', models.CharField(default='UTC', max_length=64)),
                    ('account_id', models.CharField(blank=True, db_index=True, default='', max_length=64, verbose_name='account ID')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('reports_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to=settings.AUTH_USER_MODEL)),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ('muted_notices', models.JSONField(blank=True, default=list, verbose_name='notices not sent by e-mail')),
                    ('preferred_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('session_epoch', models.PositiveIntegerField(default=0, editable=False)),
                ],
                options={
                    'verbose_name': 'user',
                    'verbose_name_plural': 'users',
                    'abstract': False,
                    'swappable': 'AUTH_USER_MODEL',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'customer'), models.Q(('account_id', ''), _negated=True)), fields=('account_id',), name='account_id_once')],
                },
                managers=[
                    ('objects', django.contrib.auth.models.UserManager()),
                ],
            ),
            migrations.CreateModel(
                name='Absence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('reason', models.CharField(blank=True, default='', max_length=120)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
                    ('covered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='covers', to=settings.AUTH_USER_MODEL, verbose_name='covered by')),
                ],
                options={
                    'verbose_name': 'absence',
                    'verbose_name_plural': 'absences',
                    'ordering': ['-starts_at'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='absence_has_length')],
                },
            ),
            migrations.CreateModel(
                name='Competence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=120, verbose_name='training or certificate')),
                    ('category', models.CharField(blank=True, default='', max_length=48, verbose_name='category it is for')),
                    ('valid_until', models.DateField(verbose_name='valid until')),
                    ('proof', models.CharField(blank=True, default='', max_length=120, verbose_name='number of the certificate')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='competences', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'competence',
                    'verbose_name_plural': 'competences',
                    'ordering': ['user', 'category', '-valid_until'],
                    'constraints': [models.UniqueConstraint(fields=('user', 'category', 'title', 'valid_until'), name='competence_once')],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('member', 'Member'), ('lead', 'Lead'), ('officer', 'Officer'), ('approver', 'Approver'), ('executor', 'Executor'), ('reviewer', 'Reviewer'), ('head', 'Head of complaints')], max_length=12)),
                    ('approval_limit', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='approval limit in the reporting currency')),
                    ('since', models.DateTimeField(auto_now_add=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                    ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='teams.team')),
                    ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('confirmed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('until', models.DateTimeField(blank=True, null=True, verbose_name='ends at')),
                    ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='memberships', to='teams.roletemplate')),
                ],
                options={
                    'verbose_name': 'membership',
                    'verbose_name_plural': 'memberships',
                    'ordering': ['team', 'user'],
                    'indexes': [models.Index(condition=models.Q(('until__isnull', False)), fields=['until'], name='membership_ending')],
                    'constraints': [models.UniqueConstraint(fields=('user', 'team', 'role'), name='membership_once')],
                },
            ),
            migrations.CreateModel(
                name='TeamUserObjectPermission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='teams.team')),
                    ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                    ('until', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                    'unique_together': {('user', 'permission', 'content_object')},
                },
            ),
        ]),
    ]
