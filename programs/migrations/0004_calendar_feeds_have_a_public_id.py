import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """No feed was ever made before this, so one default for the column of an empty table is enough."""

    dependencies = [
        ("programs", "0003_plans_of_staff"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="calendarfeed",
            name="read_at",
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name="calendarfeed",
            name="created_at",
            field=models.DateTimeField(help_text="Since when the present address is good."),
        ),
    ]
