import pytest
from django.core.cache import cache

from accounts.models import AccessLink
from core import links
from core.models import AuditEntry
from notifications.models import Message


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    """allauth counts attempts in the cache, across tests."""
    cache.clear()


@pytest.fixture(autouse=True)
def _outbox(settings):
    """Django's test runner puts its own mail backend in place; here mail becomes rows as in the product."""
    settings.EMAIL_BACKEND = "notifications.backends.OutboxBackend"


@pytest.fixture
def mail_to():
    """The mails written to an address, oldest first."""

    def read(address: str) -> list[Message]:
        return list(Message.objects.filter(address=address).order_by("id"))

    return read


@pytest.fixture
def audit_of():
    """The verbs recorded for one object, in the order in which things happened."""

    def read(obj: object) -> list[str]:
        rows = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk)
        return list(rows.order_by("id").values_list("verb", flat=True))

    return read


@pytest.fixture
def path_of():
    """The path of an access link, as the client asks for it."""

    def make(link: AccessLink) -> str:
        return f"/access/{link.public_id}/{links.token(AccessLink.PURPOSE, link.pk, link.generation)}/"

    return make
