from django.db import migrations


class Migration(migrations.Migration):
    """Empty: all of it is made with the tables, in the first. The name stays for databases that have it."""

    dependencies = [("applications", "0001_initial")]

    operations = []
