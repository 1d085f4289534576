"""Answering alone: the pages, what they save by themselves, and the end of a turn."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments import services
from assessments.models import MemberAnswer, MemberTurn
from tests.assessments.conftest import answer_all, item_of, pass_all, posted, say
from tests.conftest import NOW


def url_of(assessment, name: str = "alone", *more: str) -> str:
    return reverse(f"assessments:{name}", args=[assessment.public_id, *more])


@pytest.fixture
def writes(client, cast, assessment):
    """Send what a page of the leader's sends while somebody types."""
    client.force_login(cast.leader)

    def send(code: str, answer: str = "", words: str = "", base: object = 0, domain: str = "one"):
        item = item_of(assessment.version, code)
        data = {f"answer-{item.pk}": answer, f"words-{item.pk}": words, f"base__item-{item.pk}": base}
        url = url_of(assessment, "alone_autosave", domain)
        return client.post(url, data, headers={"accept": "application/json"})

    return send


def test_it_saves_by_itself_and_says_the_version(writes, assessment):
    name = f"item-{item_of(assessment.version, 'a').pk}"
    answer = writes("a", "level:low", "Why")
    assert (answer.status_code, answer.json()["saved"][name]["version"]) == (200, 1)
    assert writes("a", "level:low", "Why").json()["saved"][name]["version"] == 1  # the answer was lost on the way
    assert writes("a", "level:high", "Why\r\nnot", base=1).json()["saved"][name]["version"] == 2
    row = MemberAnswer.objects.get()
    assert (row.level.code, row.note, row.version) == ("high", "Why\nnot", 2)


def test_a_note_without_an_answer_waits_for_one(writes, assessment):
    told = writes("a", words="Why").json()
    assert (told["saved"], list(told["problems"].values())) == (
        {},
        ["Choose an answer for “Item A.”; what you wrote is saved with it"],
    )
    assert not MemberAnswer.objects.exists()


def test_another_window_is_told(writes, assessment):
    name = f"item-{item_of(assessment.version, 'a').pk}"
    writes("a", "level:low")
    answer = writes("a", "no_data", "Mine")
    assert (answer.status_code, answer.json()["saved"]) == (409, {})
    told = answer.json()["conflicts"][name]
    assert (told["theirs"], told["own"], told["version"]) == ("Low", True, 1)


@pytest.mark.parametrize("base", ["x", "-1", "9" * 40, ""])
def test_a_forged_version_is_none(writes, base):
    assert writes("a", "level:low", base=base).status_code == 200
    assert MemberAnswer.objects.get().version == 1


@pytest.mark.parametrize(("code", "answer"), [("a", "level:excellent"), ("b", "not_applicable"), ("a", "high")])
def test_what_the_item_lacks_is_a_problem(writes, code, answer):
    told = writes(code, answer).json()
    assert (told["saved"], list(told["problems"].values())) == ({}, ["Choose one of the answers of this item"])


def test_an_item_of_another_domain_is_left_alone(writes):
    assert writes("c", "level:low").json()["saved"] == {}
    assert writes("c", "level:low", domain="three").status_code == 404
    assert not MemberAnswer.objects.exists()


def test_an_expired_session_is_told_as_data(assessment):
    answer = Client().post(url_of(assessment, "alone_autosave", "one"), {}, headers={"accept": "application/json"})
    assert (answer.status_code, list(answer.json())) == (401, ["error"])


def test_after_the_end_of_the_turn_nothing_is_saved(writes, cast, assessment):
    services.pass_turn(assessment, by=cast.leader)
    assert writes("a", "level:low").status_code == 403
    assert not MemberAnswer.objects.exists()


def test_without_a_script_the_button_saves(client, cast, assessment):
    client.force_login(cast.leader)
    url = url_of(assessment, "alone_domain", "one")
    boxes = client.get(url).context["form"].boxes()
    response = client.post(url, posted(boxes, a_answer="level:low", a_words="Why", b_answer="no_data"))
    assert response.url == url_of(assessment, "alone_domain", "two")
    assert list(MemberAnswer.objects.values_list("item__code", "kind", "note")) == [
        ("a", "level", "Why"),
        ("b", "no_data", ""),
    ]
    boxes = client.get(url).context["form"].boxes()
    assert [box.version for box in boxes] == [1, 1]
    back = client.post(url, posted(boxes) | {"then": "list"})
    assert (back.url, set(MemberAnswer.objects.values_list("version", flat=True))) == (url_of(assessment), {1})


def test_an_old_page_overwrites_nothing_and_keeps_its_words(client, cast, assessment):
    client.force_login(cast.leader)
    url = url_of(assessment, "alone_domain", "one")
    opened = client.get(url).context["form"].boxes()
    say(assessment, cast.leader, finish=False, a="high")
    page = client.post(url, posted(opened, a_answer="level:low", a_words="Mine", b_answer="no_data"))
    assert page.status_code == 409
    html = page.content.decode()
    assert "You wrote here as well, in another window" in html and "Mine" in html
    assert dict(MemberAnswer.objects.values_list("item__code", "kind")) == {"a": "level", "b": "no_data"}
    assert MemberAnswer.objects.get(item__code="a").level.code == "high"
    again = client.post(url, posted(page.context["form"].boxes()))
    assert (again.status_code, MemberAnswer.objects.get(item__code="a").note) == (302, "Mine")


def test_finish_shows_what_is_missing_as_links(client, cast, assessment):
    client.force_login(cast.leader)
    say(assessment, cast.leader, finish=False, a="high")
    page = client.post(url_of(assessment, "finish_alone"))
    html = page.content.decode()
    assert page.status_code == 200 and "2 items have no answer of yours yet" in html
    for code, domain in (("b", "one"), ("c", "two")):
        anchor = f"#div_id_item-{item_of(assessment.version, code).pk}"
        assert f'href="{url_of(assessment, "alone_domain", domain)}{anchor}"' in html
    assert MemberTurn.objects.get().finished_at is None
    say(assessment, cast.leader, finish=False, b="high", c="high")
    assert client.post(url_of(assessment, "finish_alone")).url == url_of(assessment, "together")
    assert client.get(url_of(assessment)).url == url_of(assessment, "together")


def test_looking_begins_nothing(client, cast, assessment):
    client.force_login(cast.leader)
    for url in (url_of(assessment), url_of(assessment, "alone_domain", "one")):
        assert client.get(url).status_code == 200
    # A page tells by itself that it is open, with nothing to save; and the button of an untouched page saves nothing.
    assert (
        client.post(url_of(assessment, "alone_autosave", "one"), {"seen_at": "2024-07-01T15:00:00Z"}).status_code == 200
    )
    assert client.post(url_of(assessment, "alone_domain", "one"), {}).status_code == 302
    assert not MemberTurn.objects.exists()


def test_passing_leads_to_the_round(client, cast, assessment):
    client.force_login(cast.leader)
    assert client.post(url_of(assessment, "pass_alone")).url == url_of(assessment, "detail")
    assert client.post(url_of(assessment, "pass_alone")).status_code == 403
    html = client.get(url_of(assessment, "detail")).content.decode()
    assert "Does not answer alone" in html and "Not begun" in html  # the leader, and the colleague


def test_the_last_round_stands_beside_what_both_ask(client, cast, assessment, reassessment):
    level = item_of(assessment.version, "a").levels.get(code="middle")
    answer_all(assessment, cast.leader)
    item = item_of(assessment.version, "a")
    services.agree(assessment, item, kind="level", level=level, evidence="Minutes of then", by=cast.leader)
    services.add_evidence(assessment, item, title="Old policy", url="https://policy.example/1", by=cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    second = services.start_assessment(cast.enrollment, reassessment, by=cast.leader)
    client.force_login(cast.leader)
    html = client.get(url_of(second, "alone_domain", "one")).content.decode()
    for words in ("Milestone baseline", "Minutes of then", "Old policy", "https://policy.example/1"):
        assert words in html
    pass_all(second)
    html = client.get(url_of(second, "item", "a")).content.decode()
    assert "Minutes of then" in html and "Old policy" in html


def test_a_domain_asks_no_more_queries_for_more_items(client, cast, assessment, django_assert_max_num_queries):
    client.force_login(cast.leader)
    url, domain = url_of(assessment, "alone_domain", "one"), item_of(assessment.version, "a").domain
    counts = []
    for number in range(3):
        item = domain.items.create(code=f"extra-{number}", text="More.", position=10 + number)
        item.levels.create(code="low", anchor="Nothing.", position=0)
        services.answer_alone(assessment, [services.OwnAnswer(item, "no_data")], by=cast.leader)
        with django_assert_max_num_queries(30) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[1] == counts[2]
