"""Senders in processes of their own, whole or with one protection taken out: ``python -m tests.faults.sender [--without X]``.

``lease``: rows are sent without being claimed first. ``log``: the relay's log is not asked about what was started.

Every sender waits a moment between the relay's answer and its own commit, where a kill is worst: so a random kill finds
that moment, and a run without the log shows it.
"""

import os
import signal
import sys
import time

import django

BEFORE_COMMIT = 0.02  # seconds


def main() -> None:
    """Fork one sender for every line on standard input and print its process id: a fork begins at once, a program does not."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "collaborative.settings"
    django.setup()
    without = sys.argv[2] if len(sys.argv) > 2 else ""
    _linger_before_the_commit()
    if without == "lease":
        _take_out_the_lease()
    if without == "log":
        _take_out_the_log()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            send_for_ever()
        print(child, flush=True)


def send_for_ever() -> None:
    from notifications.services import send_due

    while True:
        if not send_due():
            time.sleep(0.2)


def _linger_before_the_commit() -> None:
    from notifications.services import claims

    finish = claims.finish

    def finish_late(message) -> bool:
        time.sleep(BEFORE_COMMIT)
        return finish(message)

    claims.finish = finish_late


def _take_out_the_lease() -> None:
    """Read what is pending and send it, as a plain loop would; mark it afterwards."""
    from notifications.models import Message, State
    from notifications.services import claims

    claims.claim = lambda limit: list(Message.objects.filter(state=State.PENDING).order_by("id")[:limit])
    claims.start_all = lambda messages: messages
    claims.finish = lambda message: bool(
        Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=claims.clock.now())
    )


def _take_out_the_log() -> None:
    from django.conf import settings

    settings.RELAY_LOG = ""


if __name__ == "__main__":
    main()
