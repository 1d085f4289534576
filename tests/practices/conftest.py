import pytest

from core import links
from core.models import AuditEntry
from practices.models import Invitation


@pytest.fixture
def audit_of():
    """The verbs recorded for one object, in the order in which things happened."""

    def read(obj: object) -> list[str]:
        rows = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk)
        return list(rows.order_by("id").values_list("verb", flat=True))

    return read


@pytest.fixture
def path_of():
    """The path of an invitation's link, as the client asks for it."""

    def make(invitation: Invitation) -> str:
        token = links.token(Invitation.PURPOSE, invitation.pk, invitation.generation)
        return f"/invitations/{invitation.public_id}/{token}/"

    return make
