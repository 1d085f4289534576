"""Django's mail backend: whatever allauth or Django sends becomes a row of the outbox."""

import uuid

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications import services
from notifications.models import Kind


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        """Write one row for each recipient. Bodies may hold codes for signing in, so they are erased once sent."""
        count = 0
        for mail in email_messages:
            html = next((body for body, kind in getattr(mail, "alternatives", []) if kind == "text/html"), "")
            for address in mail.recipients():
                services.enqueue(
                    services.Draft(
                        kind=Kind.SIGN_IN,
                        key=f"mail:{uuid.uuid4()}",
                        address=address,
                        subject=mail.subject,
                        text=mail.body,
                        html=html,
                        erase_when_sent=True,
                    )
                )
                count += 1
        return count
