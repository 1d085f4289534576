from django.db import migrations

from core import triggers


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: triggers.protect(editor.connection),
            lambda apps, editor: triggers.lift(editor.connection),
        )
    ]
