"""Nobody finds anything of anybody's answer before their own turn is finished: on no page, in no file, in no count."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments import services
from documents.services import check
from tests.assessments.conftest import item_of, level_of, say
from tests.conftest import NOW

SECRET = "Seen with my own eyes"


@pytest.fixture
def colleague_is_done(assessment, cast, settings, tmp_path):
    """The colleague has finished and agreed on one item, with a file; the leader has not."""
    settings.MEDIA_ROOT = tmp_path
    say(assessment, cast.colleague, a="middle", b="high", c="low", note=SECRET)
    item = item_of(assessment.version, "a")
    level = level_of(assessment.version, "a", "middle")
    services.agree(assessment, item, kind="level", level=level, evidence=SECRET, by=cast.colleague)
    upload = check(SimpleUploadedFile("secret.txt", SECRET.encode()))
    return services.add_evidence(assessment, item, title=SECRET, file=upload, by=cast.colleague)


def addresses(assessment, evidence) -> dict[str, str]:
    """Every page that shows what somebody chose or the team agreed on."""
    parts = {
        "domain": {"code": "one"},
        "together": {},
        "take_unanimous": {},
        "item": {"code": "a"},
        "add_evidence": {"code": "a"},
        "evidence": {"evidence": evidence.public_id},
    }
    key = {"public_id": assessment.public_id}
    return {name: reverse(f"assessments:{name}", kwargs=key | more) for name, more in parts.items()}


@pytest.mark.parametrize("begun", ["not begun", "begun"])
def test_who_has_not_finished_finds_nothing(client, cast, assessment, colleague_is_done, begun):
    if begun == "begun":
        say(assessment, cast.leader, finish=False, a="low")
    client.force_login(cast.leader)
    for name, url in addresses(assessment, colleague_is_done).items():
        assert client.get(url).status_code == 404, name
    for name, more in (
        ("take_unanimous", {}),
        ("take_domain", {"code": "one"}),
        ("item", {"code": "a"}),
        ("item_autosave", {"code": "a"}),
    ):
        url = reverse(f"assessments:{name}", kwargs={"public_id": assessment.public_id} | more)
        assert client.post(url, {}).status_code == 404, name
    removing = reverse("assessments:remove_evidence", args=[assessment.public_id, colleague_is_done.public_id])
    assert client.post(removing).status_code == 404
    assert client.post(reverse("assessments:submit", args=[assessment.public_id])).status_code == 403


@pytest.mark.parametrize("begun", [False, True])
def test_the_pages_that_are_there_say_who_is_finished_and_no_more(client, cast, assessment, colleague_is_done, begun):
    if begun:
        say(assessment, cast.leader, finish=False, a="low")
    client.force_login(cast.leader)
    before = {url: client.get(url).content.decode() for url in own_pages(assessment)}
    for url, html in before.items():
        assert SECRET not in html, url
    assert "Cora Colleague" in before[own_pages(assessment)[0]]
    # What the team agrees on meanwhile changes not a letter of them: not a count either.
    item = item_of(assessment.version, "b")
    services.agree(assessment, item, kind="level", level=item.levels.last(), by=cast.colleague)
    for url, html in before.items():
        assert without_secrets(client.get(url).content.decode()) == without_secrets(html), url


def own_pages(assessment) -> list[str]:
    key = assessment.public_id
    return [
        reverse("assessments:detail", args=[key]),
        reverse("assessments:alone", args=[key]),
        reverse("assessments:alone_domain", args=[key, "one"]),
        reverse("assessments:change", args=[key]),
    ]


def without_secrets(html: str) -> str:
    """Each page has its own form's secret, and the moment at which it was made."""
    lines = html.splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line and "data-made-at" not in line)


def test_who_is_finished_finds_all_of_it(client, cast, assessment, colleague_is_done):
    client.force_login(cast.colleague)
    for name, url in addresses(assessment, colleague_is_done).items():
        assert client.get(url).status_code == 200, name
    assert SECRET in client.get(addresses(assessment, colleague_is_done)["item"]).content.decode()


@pytest.mark.parametrize("who", ["helper", "coach", "staff"])
def test_who_chose_what_stays_with_the_core_team(client, cast, assessment, colleague_is_done, who, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    found = addresses(assessment, colleague_is_done)
    client.force_login(getattr(cast, who))
    statuses = {name: client.get(url).status_code for name, url in found.items()}
    assert statuses == dict.fromkeys(found, 403) | {"domain": 200, "evidence": 200}


def test_a_submitted_round_shows_the_core_team_all(client, cast, assessment, colleague_is_done):
    for item in (item_of(assessment.version, "b"), item_of(assessment.version, "c")):
        services.agree(assessment, item, kind="level", level=item.levels.last(), by=cast.colleague)
    services.submit(assessment, by=cast.colleague, arrived_at=NOW)
    client.force_login(cast.leader)  # who never answered
    assert SECRET in client.get(addresses(assessment, colleague_is_done)["together"]).content.decode()
    client.force_login(cast.coach)
    assert client.get(addresses(assessment, colleague_is_done)["together"]).status_code == 403
