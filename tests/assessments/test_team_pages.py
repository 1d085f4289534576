"""The team's pages: who chose what, one item, two members at once, evidence."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments import services
from assessments.models import AgreedAnswer, AgreedRevision, Evidence
from tests.assessments.conftest import answer_all, item_of, level_of, posted, say


@pytest.fixture(autouse=True)
def _kept(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def differ(assessment, cast):
    """Both have finished: apart on B by two levels, on C by one, together on A."""
    say(assessment, cast.leader, a="middle", b="low", c="high", note="From the clinic")
    say(assessment, cast.colleague, a="middle", b="high", c="middle")
    return assessment


def url_of(assessment, name: str = "together", *more: object) -> str:
    return reverse(f"assessments:{name}", args=[assessment.public_id, *more])


def codes(page) -> list[str]:
    return [row.item.code for row in page.context["rows"]]


def test_the_largest_gap_first_and_the_filters(client, cast, differ):
    services.agree(differ, item_of(differ.version, "b"), kind="no_data", by=cast.leader)
    client.force_login(cast.leader)
    page = client.get(url_of(differ))
    assert codes(page) == ["b", "c", "a"]
    assert [(one["code"], one["number"]) for one in page.context["filters"]] == [
        ("all", 3),
        ("differences", 2),
        ("open", 2),
    ]
    assert codes(client.get(url_of(differ) + "?show=differences")) == ["b", "c"]
    assert codes(client.get(url_of(differ) + "?show=open")) == ["c", "a"]
    assert codes(client.get(url_of(differ) + "?show=nonsense")) == ["b", "c", "a"]
    html = page.content.decode()
    for words in ("2 levels apart", "1 of 3 items agreed", "From the clinic", "Lena Leader"):
        assert words in html


def test_what_all_chose_is_shown_first_and_then_taken(client, cast, differ):
    client.force_login(cast.leader)
    url = url_of(differ, "take_unanimous")
    assert [row.item.code for row in client.get(url).context["rows"]] == ["a"]
    assert not AgreedAnswer.objects.exists()
    changed = client.post(url, {"item": [item_of(differ.version, "b").pk, "x"]}, follow=True)
    assert [str(one) for one in changed.context["messages"]] == [
        "The list has changed since you opened it. Look at it again, then take the answers."
    ]
    assert client.post(url, {"item": item_of(differ.version, "a").pk}).url == url_of(differ)
    assert AgreedAnswer.objects.get().level.code == "middle"
    assert "Nothing to take" in client.get(url).content.decode()


def press(client, page, code: str):
    """The button of a domain as the page shows it, and what is said then."""
    (shown,) = [one for one in page.context["domains"] if one.domain.code == code]
    url = reverse("assessments:take_domain", args=[page.context["assessment"].public_id, code])
    answer = client.post(url, {"item": [one.item.pk for one in shown.same]}, follow=True)
    return [str(one) for one in answer.context["messages"]]


def test_a_domain_is_agreed_at_once_where_all_chose_the_same(client, cast, differ):
    """The button stands where nothing is left to talk about; each item gets an answer of its own, with its author."""
    client.force_login(cast.colleague)
    page = client.get(url_of(differ))
    assert [(one.domain.code, one.agreed, len(one.same), len(one.talk)) for one in page.context["domains"]] == [
        ("one", 0, 1, 1),
        ("two", 0, 0, 1),
    ]
    assert "take_domain" not in page.content.decode() and "Agree on this domain" not in page.content.decode()
    assert press(client, page, "one") == [
        "Not everybody chose the same for “Item B.”. Open it, agree on it, and then take the rest of the domain."
    ]
    assert not AgreedAnswer.objects.exists()
    item = item_of(differ.version, "b")
    services.agree(differ, item, kind="level", level=item.levels.last(), by=cast.leader)
    page = client.get(url_of(differ))
    html = page.content.decode()
    assert html.count("Agree on this domain as all chose") == 1 and "1 of 2 items agreed" in html
    assert press(client, page, "one") == ["Agreed on 1 item of “Domain one”."]
    row = AgreedAnswer.objects.get(item__code="a")
    assert (row.level.code, row.saved_by, row.revisions.get().saved_by) == ("middle", cast.colleague, cast.colleague)
    assert AgreedAnswer.objects.get(item__code="b").saved_by == cast.leader
    assert press(client, page, "one") == ["Every item of “Domain one” is agreed on already."]
    assert AgreedAnswer.objects.count() == 2


def test_a_domain_that_changed_since_it_was_shown_is_left_alone(client, cast, assessment):
    """What is agreed is what the person was shown."""
    for person in (cast.leader, cast.colleague):
        say(assessment, person, a="low", b="low", c="low")
    client.force_login(cast.leader)
    page = client.get(url_of(assessment))
    services.agree(assessment, item_of(assessment.version, "a"), kind="no_data", by=cast.colleague)
    assert press(client, page, "one") == [
        "The list has changed since you opened it. Look at it again, then take the answers."
    ]
    assert AgreedAnswer.objects.count() == 1


def test_agreeing_goes_on_to_the_next_open_item(client, cast, differ):
    client.force_login(cast.leader)
    url = url_of(differ, "item", "b")
    boxes = [client.get(url).context["box"]]
    response = client.post(url, posted(boxes, b_answer="level:middle", b_words="Minutes", b_priority="3"))
    assert response.url == url_of(differ, "item", "c")
    row = AgreedAnswer.objects.get()
    assert (row.level.code, row.evidence, row.priority) == ("middle", "Minutes", 3)
    html = client.get(url).content.decode()
    assert "How the agreed answer came about" in html and "Minutes" in html
    boxes = [client.get(url).context["box"]]
    assert client.post(url, posted(boxes) | {"then": "list"}).url == url_of(differ)
    assert AgreedRevision.objects.count() == 1


def test_nothing_chosen_says_what_to_do(client, cast, differ):
    client.force_login(cast.leader)
    page = client.post(url_of(differ, "item", "b"), {f"words-{item_of(differ.version, 'b').pk}": "Minutes"})
    html = page.content.decode()
    assert page.status_code == 200 and "Minutes" in html and "Choose an answer for “Item B.”" in html
    page = client.post(url_of(differ, "item", "b"), {})
    assert "Choose what the team agrees on for “Item B.”" in page.content.decode()


def test_two_members_at_once_the_second_sees_all_three(client, cast, differ):
    item = item_of(differ.version, "b")
    level = level_of(differ.version, "b", "low")
    services.agree(differ, item, kind="level", level=level, evidence="The first words", by=cast.leader)
    client.force_login(cast.colleague)
    opened = [client.get(url_of(differ, "item", "b")).context["box"]]
    services.agree(differ, item, kind="no_data", evidence="Their words", by=cast.leader)
    page = client.post(url_of(differ, "item", "b"), posted(opened, b_answer="level:high", b_words="My words"))
    assert page.status_code == 409
    html = page.content.decode()
    for words in ("The first words", "Their words", "My words", "Lena Leader saved"):
        assert words in html
    assert (AgreedAnswer.objects.get().kind, AgreedAnswer.objects.get().version) == ("no_data", 2)
    again = client.post(url_of(differ, "item", "b"), posted([page.context["box"]]))
    assert (again.status_code, AgreedAnswer.objects.get().evidence) == (302, "My words")
    assert list(AgreedRevision.objects.values_list("version", "saved_by__name")) == [
        (1, "Lena Leader"),
        (2, "Lena Leader"),
        (3, "Cora Colleague"),
    ]


def test_an_item_saves_by_itself_and_never_over_a_colleague(client, cast, differ):
    item = item_of(differ.version, "b")
    client.force_login(cast.colleague)
    name = f"item-{item.pk}"

    def send(answer: str, base: int, words: str = ""):
        data = {
            f"answer-{item.pk}": answer,
            f"words-{item.pk}": words,
            f"priority-{item.pk}": "2",
            f"base__{name}": base,
        }
        return client.post(url_of(differ, "item_autosave", "b"), data, headers={"accept": "application/json"})

    assert send("level:low", 0).json()["saved"][name]["version"] == 1
    services.agree(differ, item, kind="no_data", evidence="Theirs", by=cast.leader)
    answer = send("level:high", 1, "Mine")
    told = answer.json()["conflicts"][name]
    assert (answer.status_code, told["theirs"], told["by"], told["own"]) == (
        409,
        "No data\nTheirs",
        "Lena Leader",
        False,
    )
    assert send("level:high", 2, "Mine").json()["saved"][name]["version"] == 3
    assert AgreedAnswer.objects.get().priority == 2


def test_a_submitted_item_is_read_only(client, cast, differ):
    answer_all(differ, cast.leader)
    services.submit(differ, by=cast.leader, arrived_at=differ.started_at)
    client.force_login(cast.leader)
    assert "Save and open the next" not in client.get(url_of(differ, "item", "b")).content.decode()
    assert client.post(url_of(differ, "item", "b"), {}).status_code == 403
    assert client.get(url_of(differ, "add_evidence", "b")).status_code == 403


# --- evidence ----------------------------------------------------------------------------------------------------------
def upload(name: str = "minutes.txt", content: bytes = b"Minutes of May") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_is_added_downloaded_and_removed(client, cast, differ):
    client.force_login(cast.leader)
    add = url_of(differ, "add_evidence", "b")
    assert client.post(add, {"file": upload(), "title": "The minutes"}).url == url_of(differ, "item", "b")
    row = Evidence.objects.get()
    address = url_of(differ, "evidence", row.public_id)
    assert address in client.get(url_of(differ, "item", "b")).content.decode()
    answer = client.get(address)
    assert (b"".join(answer.streaming_content), answer["Content-Disposition"]) == (
        b"Minutes of May",
        'attachment; filename="minutes.txt"',
    )
    assert client.post(url_of(differ, "remove_evidence", row.public_id)).url == url_of(differ, "item", "b")
    assert client.get(address).status_code == 404
    assert address not in client.get(url_of(differ, "item", "b")).content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Give a file or a web address, one at a time."),
        ({"url": "javascript:alert(1)"}, "Enter a web address that begins with https://."),
        ({"url": "policy"}, "Enter a web address that begins with https://."),
        ({"file": "minutes.exe"}, "PDF"),
        ({"file": "minutes.txt", "url": "https://policy.example/7"}, "one at a time"),
    ],
)
def test_what_is_no_evidence_is_refused_in_words_and_loses_nothing(client, cast, differ, given, words):
    if name := given.get("file"):
        given = given | {"file": upload(name, b"MZ\x90\x00" + b"\x00" * 60 if name.endswith("exe") else b"Minutes")}
    client.force_login(cast.leader)
    page = client.post(url_of(differ, "add_evidence", "b"), given | {"title": "What I typed"})
    html = page.content.decode()
    assert (page.status_code, Evidence.objects.count()) == (200, 0)
    assert words in html and "What I typed" in html


def test_over_the_quota_is_refused_in_words(client, cast, differ, settings):
    settings.FILE_QUOTA_COUNT = 1
    client.force_login(cast.leader)
    client.post(url_of(differ, "add_evidence", "b"), {"file": upload()})
    page = client.post(url_of(differ, "add_evidence", "c"), {"file": upload()})
    assert (page.status_code, Evidence.objects.count()) == (200, 1)
    assert "no more fit" in page.content.decode()


def test_evidence_of_another_round_is_not_found(client, cast, differ, reassessment):
    other = services.start_assessment(cast.other_enrollment, cast.baseline, by=cast.stranger)
    row = services.add_evidence(
        other, item_of(other.version, "a"), title="Theirs", url="https://policy.example/7", by=cast.stranger
    )
    client.force_login(cast.leader)
    assert client.post(url_of(differ, "remove_evidence", row.public_id)).status_code == 404
    assert client.get(url_of(differ, "evidence", row.public_id)).status_code == 404


# --- queries -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["together", "take_unanimous", "item"])
def test_the_pages_ask_no_more_for_more_items(client, cast, assessment, django_assert_max_num_queries, name):
    domain = item_of(assessment.version, "a").domain
    say(assessment, cast.leader, finish=False, a="low", b="low", c="low")
    for number in range(3):
        item = domain.items.create(code=f"extra-{number}", text="More.", position=10 + number)
        item.levels.create(code="low", anchor="Nothing.", position=0)
        services.answer_alone(assessment, [services.OwnAnswer(item, "no_data")], by=cast.leader)
    services.finish_turn(assessment, by=cast.leader)
    services.pass_turn(assessment, by=cast.colleague)
    client.force_login(cast.leader)
    url = url_of(assessment, name, *(["a"] if name == "item" else []))
    counts = []
    for number in (None, 0, 1, 2):
        if number is not None:
            services.agree(assessment, domain.items.get(code=f"extra-{number}"), kind="no_data", by=cast.leader)
        with django_assert_max_num_queries(36) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[1] == counts[2] == counts[3]
