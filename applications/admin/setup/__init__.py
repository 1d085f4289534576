"""Preparing a call: pages below the call's own in the admin."""

from django.contrib.admin import ModelAdmin
from django.urls import URLPattern

from applications.admin.setup import checklist, editions, eligibility, exchange, form, preview, rehearsals


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    rooms = (checklist, eligibility, form, editions, exchange, preview, rehearsals)
    return [pattern for room in rooms for pattern in room.urls(model_admin)]
