"""Write N mails into the outbox: ``python -m tests.faults.fill N [--without key]``. Run twice, it writes nothing new.

With ``-`` for N it reads numbers from standard input, writes so many more at each, and answers with a line.
"""

import os
import sys
import uuid

import django

BATCH = 1000


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "collaborative.settings"
    django.setup()
    from django.db import close_old_connections

    if sys.argv[1] != "-":
        write(0, int(sys.argv[1]), without_key="--without" in sys.argv)
        return
    first = 0
    for line in sys.stdin:
        close_old_connections()
        write(first, int(line))
        first += int(line)
        print("written", flush=True)


def write(first: int, count: int, *, without_key: bool = False) -> None:
    from notifications.models import Kind
    from notifications.services import Draft, enqueue_all

    for start in range(first, first + count, BATCH):
        enqueue_all(
            Draft(
                kind=Kind.REMINDER,
                key=f"fault:{uuid.uuid4() if without_key else number}",
                subject=f"Mail {number}",
                address=f"p{number}@synthetic.example",
                text="Do this by tomorrow.",
            )
            for number in range(start, min(start + BATCH, first + count))
        )


if __name__ == "__main__":
    main()
