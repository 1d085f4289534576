"""Notes of the staff: added, never changed, and nothing for applicants."""

import pytest
from django.test import Client

from applications.models import Note
from applications.services import ApplicationRefused, write_note
from core.models import AuditEntry
from tests.conftest import make_user


def test_a_note_is_added_under_its_writers_name(draft):
    note = write_note(draft.application, text="  Called them.\n", by=draft.staff)
    assert (note.text, note.written_by, note.written_at) == ("Called them.", draft.staff, draft.application.created_at)
    assert AuditEntry.objects.filter(verb="note.written", object_id=note.pk, actor_id=draft.staff.pk).count() == 1


def test_a_second_press_writes_nothing_and_somebody_elses_same_words_do(draft):
    first = write_note(draft.application, text="Called.", by=draft.staff)
    assert write_note(draft.application, text="Called.", by=draft.staff) == first
    write_note(draft.application, text="Called.", by=make_user("Sid Staff", "staff"))
    write_note(draft.application, text="Called.", by=draft.staff)
    assert Note.objects.count() == 3


@pytest.mark.parametrize(("text", "sentence"), [(" \n", "Write the note"), ("x" * 5_001, "5,001")])
def test_no_words_and_too_many_are_refused(draft, text, sentence):
    with pytest.raises(ApplicationRefused, match=sentence):
        write_note(draft.application, text=text, by=draft.staff)
    assert not Note.objects.exists()


def test_the_applicants_never_read_it(draft):
    write_note(draft.application, text="Between us: weak budget.", by=draft.staff)
    client = Client()
    client.force_login(draft.leader)
    page = client.get(f"/applications/{draft.application.public_id}/").content.decode()
    assert "weak budget" not in page
    assert "wrote a note" not in page
