"""The third party: asked by staff, let in, scores beside the team."""

import pytest
from django.urls import reverse

from assessments import services
from assessments.models import Assessment, InstrumentVersion, ReviewerAnswer
from tests.assessments.conftest import answer_all, item_of, posted
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _one_factor_is_enough(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


@pytest.fixture
def submitted(assessment, cast):
    InstrumentVersion.objects.filter(pk=assessment.version_id).update(asks_reviewer=True)
    answer_all(assessment, cast.leader)
    item = item_of(assessment.version, "a")
    level = item.levels.get(code="high")
    services.agree(assessment, item, kind="level", level=level, evidence="Our minutes", by=cast.leader)
    services.add_evidence(assessment, item, title="The policy", url="https://policy.example/7", by=cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    return Assessment.objects.get()


@pytest.fixture
def asked(submitted, cast):
    services.ask_reviewer(submitted, cast.reviewer, by=cast.staff)
    return submitted


def url_of(assessment, name: str = "review", *more: str) -> str:
    return reverse(f"assessments:{name}", args=[assessment.public_id, *more])


def admin_url(assessment) -> str:
    return reverse("admin:assessments_assessment_reviewer", args=[assessment.pk])


def test_staff_name_somebody_independent(client, cast, submitted):
    client.force_login(cast.staff)
    page = client.get(admin_url(submitted))
    offered = set(page.context["form"].fields["reviewer"].queryset)
    assert offered == {cast.reviewer, cast.coach, cast.other_coach, cast.staff}
    client.post(admin_url(submitted), {"reviewer": cast.colleague.pk})
    assert Assessment.objects.get().reviewer is None
    assert client.post(admin_url(submitted), {"reviewer": cast.reviewer.pk}).status_code == 302
    assert Assessment.objects.get().reviewer == cast.reviewer
    change = client.get(reverse("admin:assessments_assessment_change", args=[submitted.pk])).content.decode()
    assert "Rita Reviewer, asked" in change and admin_url(submitted) in change


def test_staff_who_were_asked_find_it_on_their_first_page(client, cast, submitted):
    client.force_login(cast.staff)
    assert url_of(submitted) not in client.get(reverse("home")).content.decode()
    services.ask_reviewer(submitted, cast.staff, by=cast.staff)
    page = client.get(reverse("home")).content.decode()
    assert "Your reviews" in page and f'href="{url_of(submitted)}"' in page


def test_a_refusal_is_said_on_the_page(client, cast, submitted):
    InstrumentVersion.objects.update(asks_reviewer=False)
    client.force_login(cast.staff)
    page = client.post(admin_url(submitted), {"reviewer": cast.reviewer.pk})
    assert "This instrument asks for no third party." in page.content.decode()


@pytest.mark.parametrize("who", ["reviewer", "leadership", "stranger", "inactive"])
def test_who_was_not_asked_finds_nothing(client, cast, submitted, who):
    client.force_login(getattr(cast, who))
    assert client.get(url_of(submitted)).status_code in (302, 404)
    assert Assessment.objects.visible_to(getattr(cast, who)).count() == 0


def test_who_was_asked_sees_the_submitted_round_alone(client, cast, asked):
    other = services.start_assessment(cast.other_enrollment, cast.baseline, by=cast.stranger)
    assert list(Assessment.objects.visible_to(cast.reviewer)) == [asked]
    client.force_login(cast.reviewer)
    assert client.get(url_of(asked, "detail")).status_code == 200
    assert client.get(url_of(other, "detail")).status_code == 404
    assert client.get(url_of(asked, "together")).status_code == 403  # who chose what is the team's own
    assert client.get(reverse("programs:enrollment", args=[cast.enrollment.public_id])).status_code == 404
    for name in ("assessments:reviews", "home"):
        assert url_of(asked) in client.get(reverse(name)).content.decode()
    services.reopen(asked, by=cast.staff)
    assert client.get(url_of(asked)).status_code == 404
    cast.reviewer.is_active = False
    assert list(Assessment.objects.visible_to(cast.reviewer)) == []


@pytest.mark.parametrize("who", ["leader", "coach", "staff"])
def test_nobody_else_scores(client, cast, asked, who):
    client.force_login(getattr(cast, who))
    for name, more in (("review", ()), ("review_domain", ("one",))):
        assert client.get(url_of(asked, name, *more)).status_code == 403
    assert client.post(url_of(asked, "review_autosave", "one"), {}).status_code == 403
    assert client.post(url_of(asked, "finish_review")).status_code == 403


def test_from_the_first_score_to_the_team(client, cast, asked):
    client.force_login(cast.reviewer)
    url = url_of(asked, "review_domain", "one")
    page = client.get(url)
    html = page.content.decode()
    for words in ("Our minutes", "The policy", "https://policy.example/7"):
        assert words in html
    boxes = page.context["form"].boxes()
    assert client.post(url, posted(boxes, a_answer="level:low", a_words="Not seen")).url == url_of(
        asked, "review_domain", "two"
    )
    refused = client.post(url_of(asked, "finish_review")).content.decode()
    assert "2 items have no answer of yours yet" in refused
    item = item_of(asked.version, "b")
    data = {f"answer-{item.pk}": "level:low", f"base__item-{item.pk}": "0"}
    assert client.post(url_of(asked, "review_autosave", "one"), data).json()["saved"] != {}
    services.review(asked, [services.OwnAnswer(item_of(asked.version, "c"), "not_applicable")], by=cast.reviewer)
    # Nothing of it is the team's to see before the review is finished.
    client.force_login(cast.leader)
    assert "Not seen" not in client.get(url_of(asked, "domain", "one")).content.decode()
    assert client.get(url_of(asked, "detail")).context["reviewed"] == []
    client.force_login(cast.reviewer)
    assert client.post(url_of(asked, "finish_review")).url == url_of(asked, "detail")
    assert client.post(url, {}).status_code == 403
    client.force_login(cast.leader)
    assert "Not seen" in client.get(url_of(asked, "domain", "one")).content.decode()
    page = client.get(url_of(asked, "detail"))
    assert [(row["title"], row["team"], row["reviewer"]) for row in page.context["reviewed"]] == [
        ("Domain one", "100", "0"),
        ("Domain two", "100", ""),
        ("Overall", "100", "0"),
    ]


def test_giving_back_opens_the_review_again(cast, asked):
    items = [item_of(asked.version, code) for code in ("a", "b", "c")]
    rows = [services.OwnAnswer(item, "level", item.levels.first()) for item in items]
    services.review(asked, rows, by=cast.reviewer)
    services.finish_review(asked, by=cast.reviewer)
    services.reopen(asked, by=cast.staff)
    found = Assessment.objects.get()
    assert (found.reviewer, found.review_done_at, ReviewerAnswer.objects.count()) == (cast.reviewer, None, 3)
    with pytest.raises(services.AssessmentRefused, match="has this assessment back"):
        services.finish_review(found, by=cast.reviewer)


def test_the_review_pages_ask_no_more_for_more_items(client, cast, asked, django_assert_max_num_queries):
    client.force_login(cast.reviewer)
    domain, counts = item_of(asked.version, "a").domain, []
    for number in range(3):
        item = domain.items.create(code=f"extra-{number}", text="More.", position=10 + number)
        item.levels.create(code="low", anchor="Nothing.", position=0)
        services.review(asked, [services.OwnAnswer(item, "no_data")], by=cast.reviewer)
        with django_assert_max_num_queries(30) as asked_for:
            client.get(url_of(asked, "review_domain", "one"))
        counts.append(len(asked_for))
    assert counts[1] == counts[2]
