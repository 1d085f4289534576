"""Hospitals' mail scanners open every link, with GET and HEAD, more than once, and follow what they find: nothing is consumed."""

import re

import pytest
from django.core import serializers
from django.test import Client

from applications import services
from applications.models import AttendanceCommitment, Letter
from core import links
from core.models import AuditEntry
from notifications.models import Message
from tests.applications.test_attendance_links import page as attendance_page
from tests.applications.test_letter_pages import page as letter_page

AGENTS = ("Mozilla/5.0", "SafeLinks", "Barracuda Sentinel", "")


def rows() -> str:
    """Everything that a link could change."""
    models = (Letter, AttendanceCommitment, Message, AuditEntry)
    return "".join(serializers.serialize("json", model.objects.order_by("pk")) for model in models)


@pytest.fixture
def addresses(complete) -> list[str]:
    letter = services.ask_for_letter(complete.application, by=complete.leader)
    AttendanceCommitment.objects.all().delete()
    services.ask_to_attend(complete.application, by=complete.leader)
    return [letter_page(letter), attendance_page(AttendanceCommitment.objects.get())]


def test_scanners_consume_nothing(addresses):
    before = rows()
    for agent in AGENTS:
        client = Client(headers={"user-agent": agent})
        for address in addresses:
            for ask in (client.head, client.get, client.options, client.get):
                assert ask(address).status_code in (200, 405)
            for link in followed(client.get(address)):
                client.get(link)
                client.head(link)
            for form in re.findall(r'action="(/[^"]+)"', client.get(address).content.decode()):
                assert client.get(form).status_code in (200, 302, 405)
    assert rows() == before


def test_nor_once_the_letter_is_begun(addresses):
    Client().post(addresses[0])
    before = rows()
    for name in ("", "write/", "upload/", "sign/", "decline/"):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            Client().generic(method, addresses[0] + name)
    assert rows() == before


def followed(response) -> list[str]:
    return re.findall(r'href="(/[^"]+)"', response.content.decode())


def test_no_page_hands_its_token_on(addresses):
    """No link out of the house, no script of others, and a policy that keeps the address from other houses."""
    for address in addresses:
        response = Client().get(address)
        assert response["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert re.findall(r'(?:href|src|action)="https?:', response.content.decode()) == []


def test_tokens_stay_out_of_the_logs(addresses, caplog):
    caplog.handler.addFilter(links.HideTokens())
    with caplog.at_level("WARNING"):
        Client().get(addresses[0].replace(addresses[0][-10:], "AAAAAAAAA/"))
        Client().put(addresses[0])
    assert "<token>" in caplog.text
    assert addresses[0].split("/")[3] not in caplog.text
