"""The sweep seals what happened, and mails the head of the audit trail to whoever keeps it."""

from datetime import timedelta

import pytest
from django.db import connection

from collaborative import tasks
from core import clock, sealing, triggers
from core.models import AuditEntry, AuditSeal, AuditUnsealed, Heartbeat
from core.services import record
from dashboards.selectors.machinery import beats
from notifications.models import Message, State
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _outside(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.AUDIT_HEAD_EMAIL = "keeper@elsewhere.example"


def act(cast, hours=0):
    with clock.at(NOW + timedelta(hours=hours)):
        record("team.renamed", cast.team, by=cast.leader)
        tasks.run_sweep()


def mails():
    return Message.objects.filter(address="keeper@elsewhere.example").order_by("pk")


def test_a_sweep_seals_and_beats(cast):
    act(cast)
    assert (AuditSeal.objects.count(), AuditUnsealed.objects.count()) == (1, 0)
    assert Heartbeat.objects.get(name="sealer").beat_at == NOW
    assert {beat.name: beat.is_silent for beat in beats(now=NOW + timedelta(hours=2))} == {
        "sweep": True,
        "sender": True,
        "sealer": True,
        "audit-head": False,
    }


def test_each_head_is_mailed_once_and_an_hour_apart(cast):
    act(cast)
    act(cast)
    first = mails().get()
    assert first.subject.startswith("Audit head 1:")
    act(cast, hours=1)
    with clock.at(NOW + timedelta(hours=2)):
        tasks.run_sweep()  # the head has not moved
    assert [mail.subject[:13] for mail in mails()] == ["Audit head 1:", "Audit head 3:"]
    assert str(sealing.head()) in mails().last().text
    with clock.at(NOW + timedelta(hours=2, minutes=1)):
        tasks.run_sweep()
    assert set(mails().values_list("state", flat=True)) == {State.SENT}


def test_nobody_is_mailed_without_an_address_or_a_head(cast, settings):
    tasks.run_sweep()
    assert not mails().exists()
    settings.AUDIT_HEAD_EMAIL = ""
    act(cast, hours=1)
    assert not Message.objects.exists()


def test_a_chain_that_lost_its_head_is_mailed_once_a_day(cast):
    act(cast)
    triggers.lift(connection)
    AuditSeal.objects.all().delete()
    AuditEntry.objects.all().delete()
    for hour in (1, 2):
        act(cast, hours=hour)
    assert [mail.subject for mail in mails()][1:] == ["The audit trail does not fit"]
    assert "no longer holds the head 1:" in mails().last().text
