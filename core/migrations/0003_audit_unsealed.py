from django.conf import settings
from django.db import migrations, models

from core import chain

BATCH = 1000


def note_what_is_there(apps, editor):
    """Entries from before there was a sealer wait for it like any other."""
    entries, notes = apps.get_model("core", "AuditEntry").objects, apps.get_model("core", "AuditUnsealed").objects
    last = 0
    while rows := list(entries.filter(pk__gt=last).order_by("pk").values_list(*chain.COLUMNS)[:BATCH]):
        notes.bulk_create(notes.model(entry_id=row[0], mac=chain.note_mac(settings.AUDIT_KEY, row)) for row in rows)
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_append_only")]

    operations = [
        migrations.CreateModel(
            name="AuditUnsealed",
            fields=[
                ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("mac", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(note_what_is_there, migrations.RunPython.noop),
    ]
