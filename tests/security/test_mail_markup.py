"""What people write stays text in every mail, and no name ends a header of one."""

from email import message_from_bytes, policy

import pytest
from django.core import mail

from core import clock
from notifications.models import Message, State
from notifications.services import send_due
from tests.conftest import NOW, build_cast
from tests.notifications import test_mail_shape as every_mail
from tests.security.markup import Injected
from tests.security.poison import BREAK, in_turn, poison


@pytest.fixture
def sent_with(db, settings):
    """Every mail that the product sends, with a text for every name in it."""
    settings.EMAIL_BACKEND = "notifications.backends.OutboxBackend"

    def write(texts) -> list[bytes]:
        with clock.at(NOW):
            cast = build_cast()
            poison(texts)
            for value in vars(cast).values():
                value.refresh_from_db()
            mail.outbox = []
            every_mail._write_everything(cast)
            with clock.at(NOW.replace(hour=23)):
                send_due()
        assert not Message.objects.filter(state__in=(State.FAILED, State.PARKED)).exists()
        return [one.message().as_bytes() for one in mail.outbox]

    return write


def test_no_mail_takes_a_name_for_markup(sent_with, capsys):
    count = shown = 0
    for wire in sent_with(in_turn):
        html = message_from_bytes(wire, policy=policy.default).get_body(("html",)).get_content()
        count, shown = count + 1, shown + ("xss" in html)
        assert not Injected(html).found
    with capsys.disabled():
        print(f"\nstored markup in mail: {count} mails, in {shown} of them shown")
    assert shown > 10


def test_no_name_ends_a_header_of_a_mail(sent_with):
    wires = sent_with(lambda number, length: BREAK[:length])
    assert len(wires) > 10
    for wire in wires:
        read = message_from_bytes(wire, policy=policy.default)
        assert not {"bcc", "x-evil", "cc"} & {name.lower() for name in read}, read["Subject"]
        assert not read.defects
        assert [address.addr_spec for address in read["To"].addresses] and "evil" not in str(read["To"])
