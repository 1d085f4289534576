"""Words for mails, where there is no markup to lean on."""

from datetime import datetime, tzinfo

from django import template
from django.utils import timezone

from core import clock, wording

register = template.Library()


@register.simple_tag
def deadline_words(at: datetime, zone: str | tzinfo) -> str:
    """“May 1, 2024, 11:59 PM Eastern (8:59 PM for you)”. Without the time left: a mail is read when it is read."""
    words = wording.deadline(at, zone, reader_zone=timezone.get_current_timezone(), now=clock.now())
    return f"{words.own} ({words.reader})" if words.reader else words.own
