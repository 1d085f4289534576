"""Who meets which page: 404 for what is not theirs, 403 for what they may see and not do."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.services import submit
from tests.applications.conftest import APRIL

PAGES = {
    "detail": (),
    "practice": (),
    "team": (),
    "sponsor": (),
    "section": ("problem",),
    "check": (),
    "receipt": (),
}
POSTS = ("commit", "submit", "withdraw", "reopen", "invite")
# What each of the cast gets for (reading the task list, opening a part to write, pressing a button) in a draft.
EXPECTED = {
    "leader": (200, 200, 302),
    "colleague": (200, 200, 403),
    "helper": (404, 404, 404),
    "former": (404, 404, 404),
    "stranger": (404, 404, 404),
    "reviewer": (404, 404, 404),
    "coach": (404, 404, 404),
    "other_coach": (404, 404, 404),
    "leadership": (404, 404, 404),
    "staff": (200, 403, 403),
}


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("who", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_the_cast(draft, settings, who, expected):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client, key = client_of(getattr(draft, who)), draft.application.public_id
    reading, writing, pressing = expected
    assert client.get(reverse("applications:detail", args=[key])).status_code == reading
    for page in ("practice", "team", "sponsor", "check"):
        assert client.get(reverse(f"applications:{page}", args=[key])).status_code == writing
    assert client.get(reverse("applications:section", args=[key, "problem"])).status_code == writing
    for verb in ("submit", "withdraw", "reopen"):
        assert client.post(reverse(f"applications:{verb}", args=[key])).status_code == pressing


def test_anonymous_and_inactive_are_sent_to_sign_in(draft):
    for client in (Client(), client_of(draft.inactive)):
        for page, extra in PAGES.items():
            reply = client.get(reverse(f"applications:{page}", args=[draft.application.public_id, *extra]))
            assert reply.status_code == 302
            assert reply.url.startswith(reverse("account_login"))


def test_a_button_is_not_pressed_by_a_link(draft):
    client = client_of(draft.leader)
    for verb in POSTS:
        assert client.get(reverse(f"applications:{verb}", args=[draft.application.public_id])).status_code == 405


def test_a_colleague_confirms_only_for_themselves_and_cannot_invite(draft):
    client, key = client_of(draft.colleague), draft.application.public_id
    assert client.post(reverse("applications:commit", args=[key])).status_code == 302
    assert list(draft.application.commitments.values_list("member__user", flat=True)) == [draft.colleague.pk]
    assert (
        client.post(reverse("applications:invite", args=[key]), {"email": "x@test.example", "role": "core"}).status_code
        == 403
    )
    assert client.post(reverse("applications:team", args=[key]), {"profession": "nurse"}).status_code == 403


def test_staff_do_not_apply(cast, call, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    assert client_of(cast.staff).get(reverse("calls:start", args=[call.cohort.code])).status_code == 403
    assert client_of(cast.staff).get(reverse("calls:detail", args=[call.cohort.code])).status_code == 200


def test_what_does_not_exist(draft):
    client = client_of(draft.leader)
    assert client.get(reverse("applications:section", args=[draft.application.public_id, "nothing"])).status_code == 404
    assert client.get(reverse("calls:detail", args=["nothing"])).status_code == 404


def test_lists_show_ones_own(complete, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    submit(complete.application, by=complete.leader, arrived_at=APRIL)
    pages = {who: client_of(getattr(complete, who)).get(reverse("applications:list")) for who in EXPECTED}
    seen = {who: [row["application"].pk for row in page.context["rows"]] for who, page in pages.items()}
    mine = [complete.application.pk]
    assert seen == {who: mine if who in ("leader", "colleague", "staff") else [] for who in EXPECTED}
