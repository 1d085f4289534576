"""What the product does not do: a task for every mail, and a beat whose every tick sends one. Stand-ins for the twins.

Run by Celery's own programs: ``celery -A tests.faults.naive worker``, ``celery -A tests.faults.naive beat``.
"""

import os
import smtplib
import time
from email.message import EmailMessage

from celery import Celery
from celery.schedules import schedule

PERIOD = 2  # seconds: one mail is due in each

app = Celery("naive", broker=os.environ["REDIS_URL"])
app.conf.update(
    task_ignore_result=True,
    task_default_queue="naive",
    broker_connection_retry_on_startup=False,
    beat_schedule_filename=os.path.join(os.environ["VAR_DIR"], "naive-schedule"),
    beat_schedule={"digest": {"task": "naive.digest", "schedule": schedule(PERIOD)}},
)


@app.task(name="naive.mail")
def mail(address: str) -> None:
    words = EmailMessage()
    words["Message-ID"] = f"<{address}>"
    words["To"] = address
    words.set_content("Do this by tomorrow.")
    with smtplib.SMTP(os.environ["EMAIL_HOST"], int(os.environ["EMAIL_PORT"])) as relay:
        relay.send_message(words, "naive@synthetic.example", [address])


@app.task(name="naive.digest")
def digest() -> None:
    """The mail of this period, as a task that keeps no row would send it."""
    mail(f"period{int(time.time() // PERIOD)}@synthetic.example")
