"""What a page saves by itself: each answer for itself, nothing twice, and never over a colleague's words."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import RedisError

from applications import services
from applications.models import Application, SectionVisit
from applications.selectors import changes_since_visit
from applications.views.autosave import MOST_A_MINUTE
from core import clock
from core.models import AuditEntry
from core.pace import seconds_to_wait
from programs.models import Milestone
from questionnaires.models import Answer, AnswerRevision
from tests.applications.conftest import APRIL, DEADLINE

LATER = APRIL + timedelta(minutes=5)


def address(draft, section="problem") -> str:
    return reverse("applications:autosave", args=[draft.application.public_id, section])


@pytest.fixture
def writes(draft):
    """Send what a page of ``who`` sends; values by code, versions in ``base`` (0 unless said)."""
    clients = {}

    def send(who, *, section="problem", base=None, at=LATER, **values):
        client = clients.setdefault(who.pk, Client(headers={"accept": "application/json"}))
        if "sessionid" not in client.cookies:
            client.force_login(who)
        data = values | {f"base__{code}": (base or {}).get(code, 0) for code in values}
        with clock.at(at):
            return client.post(address(draft, section), data)

    return send


def test_it_saves_what_was_sent_and_says_when(draft, writes):
    answer = writes(draft.leader, aim="Halve the delays")
    assert (answer.status_code, answer.json()["saved"]) == (200, {"aim": {"version": 1, "at": answer.json()["at"]}})
    stored = Answer.objects.get()
    assert (stored.value, stored.version, stored.saved_by) == ("Halve the delays", 1, draft.leader)
    assert not AuditEntry.objects.filter(verb__startswith="answer").exists()  # revisions tell, the trail does not


def test_the_same_again_writes_nothing_and_tells_the_version(draft, writes):
    writes(draft.leader, aim="Halve the delays")
    again = writes(draft.leader, aim=" Halve the delays\r\n")  # the answer to the first was lost on the way
    assert (again.status_code, again.json()["saved"]["aim"]["version"]) == (200, 1)
    assert AnswerRevision.objects.count() == 1
    assert writes(draft.leader, base={"aim": 1}, aim="").json()["saved"]["aim"]["version"] == 2
    assert Answer.objects.get().value is None


def test_an_answer_that_is_refused_holds_no_other_back(draft, writes):
    answer = writes(draft.leader, section="time", hours="many")
    assert (answer.status_code, answer.json()["saved"]) == (200, {})
    assert answer.json()["problems"] == {"hours": "Enter a number in digits, such as 1,200 or 12.5."}
    both = writes(draft.leader, aim="Less", problem="x" * 100_000)
    assert (both.json()["saved"]["aim"]["version"], list(both.json()["problems"])) == (1, ["problem"])
    assert Answer.objects.get().value == "Less"


def test_what_belongs_elsewhere_is_left_alone(draft, writes):
    answer = writes(draft.leader, aim="Less", hours="5", nonsense="x")
    assert (list(answer.json()["saved"]), Answer.objects.count()) == (["aim"], 1)
    assert writes(draft.leader, section="no-such", aim="More").status_code == 404


def test_a_colleagues_words_come_back_and_nothing_is_overwritten(draft, writes):
    writes(draft.leader, aim="First")
    writes(draft.colleague, base={"aim": 1}, aim="Theirs", at=LATER)
    answer = writes(draft.leader, base={"aim": 1, "problem": 0}, aim="Mine", problem="Delays", at=LATER)
    assert answer.status_code == 409
    told = answer.json()
    assert (list(told["saved"]), told["problems"]) == (["problem"], {})
    assert told["conflicts"]["aim"] == {
        "theirs": "Theirs",
        "by": "Cora Colleague",
        "own": False,
        "at": "April 10, 2024, 11:05 AM",
        "version": 2,
    }
    assert Answer.objects.get(question=draft.question("aim")).value == "Theirs"
    # “Keep mine” names the version that was shown.
    assert writes(draft.leader, base={"aim": 2}, aim="Mine").json()["saved"]["aim"]["version"] == 3
    assert [one.value for one in AnswerRevision.objects.filter(answer__question=draft.question("aim"))] == [
        "First",
        "Theirs",
        "Mine",
    ]


def test_the_same_person_elsewhere_is_told_so(draft, writes):
    writes(draft.leader, aim="At the desk")
    told = writes(draft.leader, aim="On the ward").json()["conflicts"]["aim"]
    assert (told["own"], told["theirs"]) == (True, "At the desk")


def test_what_was_typed_back_neither_saves_nor_passes_for_seen(draft, writes):
    writes(draft.leader, aim="First")
    writes(draft.colleague, base={"aim": 1}, aim="Theirs")
    answer = writes(draft.leader, base={"aim": 1}, aim="First")
    assert (answer.status_code, answer.json()["saved"], answer.json()["conflicts"]) == (200, {}, {})
    assert Answer.objects.get().value == "Theirs"


def test_without_a_version_nothing_is_overwritten(draft, writes):
    writes(draft.colleague, aim="Theirs")
    answer = writes(draft.leader, base={"aim": ""}, aim="Mine")
    assert (answer.status_code, Answer.objects.get().value) == (409, "Theirs")


def test_signed_out_is_401_as_data(draft):
    answer = Client(headers={"accept": "application/json"}).post(address(draft), {"base__aim": 0, "aim": "Less"})
    assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert not Answer.objects.exists()


def test_who_may(draft, writes, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    assert writes(draft.stranger, aim="x").status_code == 404
    assert writes(draft.staff, aim="x").status_code == 403
    assert Client(enforce_csrf_checks=True).post(address(draft), {"aim": "x"}).status_code == 403
    with clock.at(LATER):
        services.withdraw(draft.application, by=draft.leader)
    assert writes(draft.leader, aim="x").status_code == 403
    assert not Answer.objects.exists()


def test_once_the_call_is_closed_it_says_so(draft, writes):
    Milestone.objects.filter(pk=draft.call.deadline_id).update(late_policy="closed")
    answer = writes(draft.leader, at=DEADLINE + timedelta(days=1), aim="Late")
    assert (answer.status_code, answer.json()["saved"]) == (409, {})
    assert "call is closed" in answer.json()["refused"]
    assert not Answer.objects.exists()


def test_what_one_types_in_a_minute_is_one_revision(draft, writes):
    for second, text in enumerate(["H", "Ha", "Half", "Halve"]):
        writes(draft.leader, base={"aim": second}, aim=text, at=LATER + timedelta(seconds=2 * second))
    writes(draft.leader, base={"aim": 4}, aim="Halve it", at=LATER + timedelta(minutes=1, seconds=2))
    assert list(AnswerRevision.objects.order_by("version").values_list("version", "value")) == [
        (4, "Halve"),
        (5, "Halve it"),
    ]


def test_a_sign_off_ends_it(complete, writes):
    """Else what was signed off could not be held against what stands there now."""
    writes(complete.leader, aim="Signed", at=LATER)
    with clock.at(LATER + timedelta(seconds=5)):
        services.sign_off(complete.application, by=complete.leader)
    writes(complete.leader, base={"aim": 1}, aim="Not signed", at=LATER + timedelta(seconds=10))
    revisions = AnswerRevision.objects.filter(answer__question=complete.question("aim")).order_by("version")
    assert list(revisions.values_list("value", flat=True)) == ["Signed", "Not signed"]
    assert services.sign_off_state(complete.application).changed == ("What is your aim?",)


# --- How often -----------------------------------------------------------------------------------------------------------


def hurry(person, at=LATER):
    """So many saves that the next of this minute is one too many."""
    with clock.at(at):
        waits = [seconds_to_wait("autosave", person.public_id, most=MOST_A_MINUTE) for _ in range(MOST_A_MINUTE)]
    assert set(waits) == {0}


def test_too_often_is_429_as_data_and_the_next_minute_goes_on(draft, writes):
    hurry(draft.leader, LATER + timedelta(seconds=20))
    answer = writes(draft.leader, aim="Once more", at=LATER + timedelta(seconds=40))
    assert (answer.status_code, answer["Retry-After"], list(answer.json())) == (429, "20", ["error"])
    assert not Answer.objects.exists()
    assert writes(draft.leader, aim="Once more", at=LATER + timedelta(seconds=60)).status_code == 200
    assert Answer.objects.get().value == "Once more"


def test_it_is_counted_by_person_and_the_button_is_not_counted(draft, writes):
    hurry(draft.leader)
    assert writes(draft.colleague, aim="From the same hospital").status_code == 200
    client = Client()
    client.force_login(draft.leader)
    page = reverse("applications:section", args=[draft.application.public_id, "problem"])
    with clock.at(LATER):
        assert (
            client.post(page, {"problem": "Delays", "base__problem": 0, "aim": "", "base__aim": 0}).status_code == 302
        )


def test_where_the_counter_is_away_words_are_kept(draft, writes, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    with pytest.raises(RedisError):
        cache.get("anything")
    assert writes(draft.leader, aim="Kept all the same").status_code == 200
    assert Answer.objects.get().value == "Kept all the same"


# --- Who changed what since I looked ----------------------------------------------------------------------------------


def look(draft, writes, who, at):
    """What the page of a section sends when it is opened."""
    assert writes(who, at=at).status_code == 200  # nothing in it: nothing is noted
    client = Client()
    client.force_login(who)
    with clock.at(at):
        client.post(address(draft), {"seen_at": at.isoformat()})


def seen(draft, who) -> list[tuple[str, str, str]]:
    found = changes_since_visit(draft.application, who)
    return [(section, one.text, one.by) for section, changes in found.items() for one in changes]


AIM = ("problem", "What is your aim?", "Cora Colleague")


def test_what_a_colleague_changed_since(draft, writes):
    writes(draft.colleague, aim="Before")
    assert seen(draft, draft.leader) == []  # never looked: all of it is new
    look(draft, writes, draft.leader, LATER)
    assert seen(draft, draft.leader) == []
    writes(draft.colleague, base={"aim": 1}, aim="After", at=LATER + timedelta(minutes=1))
    assert seen(draft, draft.leader) == [AIM]
    assert seen(draft, draft.colleague) == []
    look(draft, writes, draft.leader, LATER + timedelta(minutes=2))
    assert seen(draft, draft.leader) == []


def test_what_i_answered_later_i_have_seen(draft, writes):
    look(draft, writes, draft.leader, LATER)
    writes(draft.colleague, aim="Theirs", at=LATER + timedelta(minutes=1))
    writes(draft.leader, base={"aim": 1}, aim="Both", at=LATER + timedelta(minutes=2))
    assert seen(draft, draft.leader) == []


def test_a_page_that_was_opened_before_has_not_shown_it(draft, writes):
    """It says when it was made, however late that arrives."""
    writes(draft.colleague, aim="Meanwhile", at=LATER + timedelta(minutes=1))
    client = Client()
    client.force_login(draft.leader)
    with clock.at(LATER + timedelta(minutes=2)):
        client.post(address(draft), {"seen_at": LATER.isoformat()})
    assert seen(draft, draft.leader) == [AIM]
    assert SectionVisit.objects.get().visited_at == LATER
    with clock.at(LATER + timedelta(minutes=3)):  # an older page afterwards takes nothing back
        client.post(address(draft), {"seen_at": (LATER - timedelta(minutes=3)).isoformat()})
    assert SectionVisit.objects.get().visited_at == LATER


def test_looking_by_get_notes_nothing_and_the_button_does(draft):
    client = Client()
    client.force_login(draft.leader)
    page = reverse("applications:section", args=[draft.application.public_id, "problem"])
    with clock.at(LATER):
        assert client.get(page).status_code == 200
        assert not SectionVisit.objects.exists()
        client.post(page, {"problem": "Delays", "base__problem": 0, "aim": "", "base__aim": 0})
    assert SectionVisit.objects.get().visited_at == LATER


def test_both_pages_say_it(draft, writes):
    look(draft, writes, draft.leader, LATER)
    writes(draft.colleague, aim="After", at=LATER + timedelta(minutes=1))
    client = Client()
    client.force_login(draft.leader)
    with clock.at(LATER + timedelta(minutes=2)):
        tasks = client.get(reverse("applications:detail", args=[draft.application.public_id])).content.decode()
        page = client.get(
            reverse("applications:section", args=[draft.application.public_id, "problem"])
        ).content.decode()
    words = "What is your aim? (Cora Colleague, April 10, 2024, 11:06 AM)"
    assert f"Changed since you looked: {words}" in tasks
    assert "Changed since you looked" in page
    assert "Cora Colleague" in page


def test_it_costs_two_queries_however_much_was_changed(draft, writes, django_assert_num_queries):
    for section in ("problem", "time"):
        client = Client()
        client.force_login(draft.leader)
        with clock.at(APRIL):
            client.post(address(draft, section), {"seen_at": APRIL.isoformat()})
    writes(draft.colleague, aim="a", problem="b")
    writes(draft.colleague, section="time", hours="3")
    application = Application.objects.get()
    with django_assert_num_queries(2):
        assert len(changes_since_visit(application, draft.leader)) == 2
