"""The one sweep. Each room's ``plan_due`` writes what has come due; the sender delivers what is written; the sealer seals."""

from celery import shared_task
from django.conf import settings

from applications import exports
from applications import services as applications
from collaborative.watchdog import ping
from core import clock, sealing
from core.services import beat
from documents import services as documents
from notifications import services as notifications
from notifications.models import Kind
from privacy import services as privacy
from programs import services as programs


@shared_task(name="collaborative.sweep", ignore_result=True)
def sweep() -> None:
    run_sweep()


def run_sweep() -> dict[str, int]:
    """Plan what has come due, deliver what is waiting, seal what happened; safe to run twice, late, or beside itself.

    A sweep that got to its end is told to the watchdog outside (``PING_URL``).
    """
    applications.freeze_opened(now=clock.now())
    planned = programs.plan_due(now=clock.now())
    planned += applications.tell_undelivered(now=clock.now())
    beat("sweep")
    sent = notifications.send_due()
    sealing.seal_waiting()
    if told := sealing.tell_head():
        mail_head(told)
    ping(settings.PING_URL)
    exports.make_waiting()  # what no worker was woken for, or what one that died left behind
    documents.scan_waiting()  # late: somebody else's scanner holds up nothing
    privacy.retain_daily()  # last: it may take a minute, once a night
    return {"planned": planned, "sent": sent}


def mail_head(told: sealing.Told) -> None:
    """Send the audit trail's head to AUDIT_HEAD_EMAIL, if it is set: each head once, a lost one once a day."""
    if not settings.AUDIT_HEAD_EMAIL or not (told.head or told.lost):
        return
    when = f"{told.at:%Y-%m-%d %H:%M} UTC"
    subject, key = f"Audit head {told.head}", f"audit-head:{told.head}"
    text = f"At {when} the audit trail ended with\n\n{told.head}\n\nKeep this mail: verify_audit --head compares."
    if told.lost:
        subject, key = "The audit trail does not fit", f"audit-lost:{told.at:%Y-%m-%d}"
        text = f"Run manage.py verify_audit today. Found at {when}:\n\n{told.lost}"
    draft = {"kind": Kind.ALERT, "key": key, "subject": subject, "text": text}
    notifications.enqueue(notifications.Draft(address=settings.AUDIT_HEAD_EMAIL, **draft))
