from celery import shared_task

from notifications.services import send_due as deliver


@shared_task(name="notifications.send_due", ignore_result=True)
def send_due() -> None:
    deliver()
