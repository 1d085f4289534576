"""Reminders planned and sent a second, beside two plain loops that promise nothing: one INSERT, one commit, one SMTP message.

    python -m benchmarks.mail [PEOPLE] [ROUNDS]

All run one after the other, ROUNDS times over, each in one process with its connections kept, on the same PostgreSQL
(every commit on disk) and the same SMTP sink on loopback:

- bare: the database driver and ``smtplib`` alone, in one loop, with the message's bytes given;
- plain: as a Django project would write that loop, ``Model.objects.create()`` and ``EmailMultiAlternatives.send()``, with
  subject, text, HTML and dates given;
- the product with one thread: ``plan_due`` finds out who owes what and writes it down, ``send_due`` renders and delivers it;
- the product with two threads, as the worker has that ``serve`` starts: while one plans, the other sends already.
"""

import smtplib
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection

from benchmarks.stand import machine, spread, stand
from tests.faults.machines import Sink
from tests.faults.obligations import MEMBERS, write

GOAL = 0.7


def bare(address: str, sink: Sink, mails: list[EmailMultiAlternatives]) -> float:
    """Mails a second of the two drivers alone."""
    ready = [(mail.to[0], mail.message().as_bytes(linesep="\r\n")) for mail in mails]
    with closing(psycopg2.connect(address)) as door, smtplib.SMTP("127.0.0.1", sink.port) as relay:
        began = time.perf_counter()
        with door.cursor() as cursor:
            for to, words in ready:
                cursor.execute("INSERT INTO plain (address, words) VALUES (%s, %s)", [to, words.decode()])
                door.commit()
                relay.sendmail("from@synthetic.example", [to], words)
        return len(mails) / (time.perf_counter() - began)


def plain(mails: list[EmailMultiAlternatives]) -> float:
    """Mails a second of a plain loop in Django."""
    from core import clock
    from notifications.models import Kind, Message

    with closing(get_connection("django.core.mail.backends.smtp.EmailBackend")) as relay:
        relay.open()
        began = time.perf_counter()
        for mail in mails:
            Message.objects.create(
                kind=Kind.REMINDER,
                dedupe_key=mail.extra_headers["Message-ID"],
                message_id=mail.extra_headers["Message-ID"],
                address=mail.to[0],
                subject=mail.subject,
                text=mail.body,
                created_at=clock.now(),
                not_before=clock.now(),
            )
            again = EmailMultiAlternatives(
                mail.subject, mail.body, mail.from_email, mail.to, headers=mail.extra_headers, connection=relay
            )
            for html in mail.alternatives:
                again.attach_alternative(html.content, html.mimetype)
            for dates in mail.attachments:
                again.attach(dates)
            again.send()
        return len(mails) / (time.perf_counter() - began)


def product(people: int, count: int) -> float:
    """Reminders a second of the product, from the first look to the last mark, with one thread or two."""
    from core import clock
    from notifications.services import send_due
    from programs.services import plan_due

    planned = threading.Event()

    def sweep() -> int:
        assert plan_due(now=clock.now()) == people
        planned.set()
        return send_due()

    def sender() -> int:
        """Woken when something was planned, as by a nudge."""
        sent = 0
        while not planned.wait(0.05):
            sent += send_due()
        return sent + send_due()

    began = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        tasks = [pool.submit(closing_its_connection, work) for work in (sweep, sender)[:count]]
        assert sum(task.result() for task in tasks) == people
    return people / (time.perf_counter() - began)


def closing_its_connection(work: Callable[[], int]) -> int:
    try:
        return work()
    finally:
        connection.close()


def rendered() -> list[EmailMultiAlternatives]:
    """What the product would send now."""
    from notifications.models import Message
    from notifications.services import delivery, digests

    rows = list(Message.objects.select_related("recipient"))
    lines = digests.lines_of(rows)
    return [delivery._compose(row, lines[row.pk], None) for row in rows]


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_message, notifications_item, plain")
        cursor.execute("VACUUM ANALYZE")


def run(people: int, rounds: int) -> None:
    with stand() as (_, address, sink):
        from core import clock
        from programs.services import plan_due

        write(people // MEMBERS, offsets=(-3,))
        plan_due(now=clock.now())
        mails = rendered()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE plain (id bigserial PRIMARY KEY, address text NOT NULL, words text NOT NULL)")
        print(f"{people} reminders to as many people, a second; {machine()}")
        names = ("bare", "plain", "one thread", "two threads", "one / bare", "one / plain", "two / bare", "two / plain")
        print(f"| round | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
        found = []
        for number in range(rounds):
            empty()
            loops = bare(address, sink, mails), plain(mails)
            ours = []
            for count in (1, 2):
                empty()
                ours.append(product(people, count))
            found.append((*loops, *ours, *(speed / loop for speed in ours for loop in loops)))
            print(f"| {number + 1} | {' | '.join(f'{figure:.3g}' for figure in found[-1])} |", flush=True)
        print(f"| median (least to most) | {' | '.join(map(spread, zip(*found, strict=True)))} |")
        print(f"The goal is {GOAL}.")


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    run(words[0] if words else 2000, words[1] if len(words) > 1 else 5)
