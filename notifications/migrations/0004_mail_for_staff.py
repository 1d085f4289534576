from django.db import migrations, models

KINDS = [
    ("sign_in", "Sign-in and security"),
    ("invitation", "Invitation to a team"),
    ("receipt", "Receipt of something you sent"),
    ("decision", "Decision on an application"),
    ("reminder", "Reminder of a deadline"),
    ("deadline_moved", "A date has changed"),
    ("news", "News of your team"),
    ("alert", "Something for staff to see to"),
]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_reminders_as_lines")]

    operations = [
        migrations.AlterField("message", "kind", models.CharField(choices=KINDS, max_length=16)),
        migrations.AlterField("refusal", "kind", models.CharField(choices=KINDS, max_length=16)),
        migrations.AlterField("wording", "kind", models.CharField(choices=KINDS, default="reminder", max_length=16)),
    ]
