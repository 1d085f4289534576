"""What the worker is woken for."""

from celery import shared_task

from applications.exports import make_waiting


@shared_task(name="applications.make_exports", ignore_result=True)
def make_exports() -> None:
    make_waiting()
