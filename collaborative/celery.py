"""The Celery application: an alarm clock. The truth about what is due is always a row in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborative.settings")

app = Celery("collaborative")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
