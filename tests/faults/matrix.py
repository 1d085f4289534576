"""Kill a sender at one exact point, let a successor settle it, and tell what came of the mail.

Run as a program against the configured database and sink; it prints JSON: for each policy and point the number of
deliveries and the state the row ended in. The sender is a fork of this program, so that a case takes milliseconds.
"""

import json
import os
import signal
import smtplib
from collections.abc import Callable
from pathlib import Path

import django

POINTS = ("after claim", "after started", "in DATA", "after 250", "before commit")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "collaborative.settings"
    django.setup()
    print(json.dumps({f"{policy}, {point}": case(policy, point) for policy in ("repeat", "park") for point in POINTS}))


def case(policy: str, point: str) -> list[object]:
    """[deliveries, state] of one mail whose first sender was killed at ``point``."""
    from django.db import connection
    from django.db.models.functions import Now

    from notifications.models import Kind, Message, State
    from notifications.services import Draft, enqueue, send_due
    from tests.faults.sink import taken

    key = f"{policy}:{point}"
    kind = Kind.DECISION if policy == "park" else Kind.REMINDER
    enqueue(Draft(kind=kind, key=key, subject=key, address="one@synthetic.example", text="Words"))
    connection.close()
    child = os.fork()
    if child == 0:
        KILLERS[point]()
        send_due()
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the sender outlived “{point}”"
    Message.objects.filter(state=State.CLAIMED).update(lease_until=Now() - _hour())
    for _ in range(2):
        send_due()
        Message.objects.filter(state=State.PENDING).update(not_before=Now() - _hour())
    row = Message.objects.get(dedupe_key=key)
    return [taken(Path(os.environ["SINK_LOG"])).count(row.message_id), row.state]


def _hour() -> object:
    from datetime import timedelta

    return timedelta(hours=1)


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(name: str) -> Callable[[], None]:
    """Die as soon as ``claims.<name>`` has done its work."""

    def arm() -> None:
        from notifications.services import claims

        whole = getattr(claims, name)
        setattr(claims, name, lambda *args, **kwargs: die(whole(*args, **kwargs)))

    return arm


def _in_data() -> None:
    """Die with half a message on the wire."""

    def half(self: smtplib.SMTP, message: bytes) -> None:
        self.putcmd("data")
        self.getreply()
        self.send(message[: len(message) // 2])
        die()

    smtplib.SMTP.data = half


def _after_250() -> None:
    whole = smtplib.SMTP.data
    smtplib.SMTP.data = lambda self, message: die(whole(self, message))


def _before_commit() -> None:
    """Die with the mark written and not committed."""
    from django.db import transaction

    from notifications.services import claims

    whole = claims.finish

    def finish(message: object) -> None:
        with transaction.atomic():
            whole(message)
            die()

    claims.finish = finish


KILLERS = {
    "after claim": _after("claim"),
    "after started": _after("start_all"),
    "in DATA": _in_data,
    "after 250": _after_250,
    "before commit": _before_commit,
}


if __name__ == "__main__":
    main()
