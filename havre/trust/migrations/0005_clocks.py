import django.db.models.deletion
import django.utils.timezone
import havre.trust.ids
from django.conf import settings
from django.db import migrations, models


TABLES = ("trust_clock", "trust_clockevent")


def hold_append_only(apps, schema_editor):
    """An update of a clock or of one of its events fails in the database too. Deletion is left to retention."""
    if schema_editor.connection.alias != "default":
        return
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def let_go(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_append_only()")
        else:
            schema_editor.execute(f"DROP TRIGGER {table}_append_only")


class Migration(migrations.Migration):

    dependencies = [
        ('trust', '0004_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.UUIDField(default=havre.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField()),
                ('subject_id', models.UUIDField()),
                ('section_bit', models.PositiveSmallIntegerField(db_column='section')),
                ('workflow', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=40)),
                ('parts', models.JSONField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_id', 'name'], name='clock_by_subject'), models.Index(fields=['case_id'], name='clock_by_case')],
            },
        ),
        migrations.CreateModel(
            name='ClockEvent',
            fields=[
                ('id', models.UUIDField(default=havre.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('case_id', models.UUIDField()),
                ('section_bit', models.PositiveSmallIntegerField(db_column='section')),
                ('kind', models.CharField(choices=[('started', 'Started'), ('paused', 'Paused'), ('resumed', 'Resumed'), ('extended', 'Extended'), ('expired', 'Ran out'), ('ended', 'Ended'), ('ended_early', 'Ended before its time')], max_length=12)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ground', models.CharField(blank=True, max_length=40)),
                ('source', models.CharField(blank=True, max_length=200)),
                ('days', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('clock', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='trust.clock')),
            ],
            options={
                'ordering': ('clock', 'number'),
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='clock_event_due')],
                'constraints': [models.UniqueConstraint(fields=('clock', 'number'), name='clock_event_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['paused', 'extended', 'ended_early']), _negated=True), models.Q(('ground', ''), _negated=True), _connector='OR'), name='clock_event_has_its_ground'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'extended'), _negated=True), ('days__gt', 0), _connector='OR'), name='clock_event_extends_by_days')],
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.UUIDField(default=havre.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField()),
                ('subject_id', models.UUIDField()),
                ('workflow', models.CharField(max_length=40)),
                ('step', models.CharField(max_length=40)),
                ('gates', models.JSONField()),
                ('reason', models.CharField(max_length=40)),
                ('given_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trust.membership')),
                ('used_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('given_at'))), name='override_ends_after_start'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='override_has_its_reason')],
            },
        ),
        migrations.RunPython(hold_append_only, let_go),
    ]
