"""The pages of a round: who sees and does what, from the start to the scores."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import services
from assessments.models import Assessment, Item
from core import clock
from programs.models import EnrollmentState
from tests.assessments.conftest import answer_all, item_of, level_of, pass_all, say, small
from tests.conftest import NOW

READERS = {
    "leader": 200,
    "colleague": 200,
    "helper": 200,
    "coach": 200,
    "staff": 200,
    "former": 404,
    "stranger": 404,
    "reviewer": 404,
    "other_coach": 404,
    "leadership": 404,
}
CORE = ("leader", "colleague")
EVERYBODY = list(READERS)


@pytest.fixture(autouse=True)
def _one_factor_is_enough(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


def detail_url(assessment) -> str:
    return reverse("assessments:detail", args=[assessment.public_id])


def domain_url(assessment, code: str = "one") -> str:
    return reverse("assessments:domain", args=[assessment.public_id, code])


def start_url(cast) -> str:
    return reverse("assessments:start", args=[cast.enrollment.public_id, cast.baseline.code])


def verb_url(assessment, verb: str) -> str:
    return reverse(f"assessments:{verb}", args=[assessment.public_id])


@pytest.fixture
def assessment(assessment):
    """Nobody is to answer alone any more."""
    pass_all(assessment)
    return assessment


# --- access ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("is_submitted", [False, True])
def test_who_reads(client, cast, assessment, who, is_submitted):
    if is_submitted:
        answer_all(assessment, cast.leader)
        services.submit(assessment, by=cast.leader, arrived_at=NOW)
    client.force_login(getattr(cast, who))
    for url in (detail_url(assessment), domain_url(assessment), domain_url(assessment, "two")):
        assert client.get(url).status_code == READERS[who]


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_starts(client, cast, instrument, who):
    client.force_login(getattr(cast, who))
    response = client.post(start_url(cast))
    seen = READERS[who] == 200
    assert response.status_code == (302 if who in CORE else 403 if seen else 404)
    assert Assessment.objects.count() == (1 if who in CORE else 0)
    assert client.get(start_url(cast)).status_code == 405


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_submits(client, cast, assessment, who):
    answer_all(assessment, cast.leader)
    client.force_login(getattr(cast, who))
    response = client.post(verb_url(assessment, "submit"))
    assert response.status_code == (302 if who in CORE else 403 if READERS[who] == 200 else 404)
    assert Assessment.objects.get().state == ("submitted" if who in CORE else "open")
    assert client.get(verb_url(assessment, "submit")).status_code == 405


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_gives_back(client, cast, assessment, who):
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    client.force_login(getattr(cast, who))
    response = client.post(verb_url(assessment, "reopen"))
    assert response.status_code == (302 if who == "staff" else 403 if READERS[who] == 200 else 404)
    assert Assessment.objects.get().state == ("open" if who == "staff" else "submitted")


def test_nobody_without_signing_in(client, cast, assessment):
    for url in (detail_url(assessment), domain_url(assessment)):
        assert client.get(url).url.startswith("/accounts/login/")
    for url in (start_url(cast), verb_url(assessment, "submit"), verb_url(assessment, "reopen")):
        assert client.post(url).url.startswith("/accounts/login/")


def test_a_withdrawn_team_reads_only(client, cast, assessment):
    type(cast.enrollment).objects.update(state=EnrollmentState.WITHDRAWN)
    client.force_login(cast.leader)
    assert client.get(domain_url(assessment)).status_code == 200
    item = reverse("assessments:item", args=[assessment.public_id, "a"])
    assert client.get(item).context["can_agree"] is False
    assert client.post(item, {}).status_code == 403


# --- the journey -------------------------------------------------------------------------------------------------------
def test_the_round_says_whose_turn_is_finished_and_what_is_next(client, cast, instrument):
    client.force_login(cast.leader)
    page = client.post(start_url(cast), follow=True)
    assessment = Assessment.objects.get()
    assert page.redirect_chain == [(detail_url(assessment), 302)]
    html = page.content.decode()
    assert "Next for you: answer alone" in html and "3 items are still without an answer of yours" in html
    assert "Next for you: agree together" not in html
    say(assessment, cast.leader, a="low", b="low", c="low")
    html = client.get(detail_url(assessment)).content.decode()
    assert "Next for you: agree together" in html and "3 items are not agreed yet" in html
    for item in Item.objects.filter(domain__version=assessment.version_id):
        services.agree(assessment, item, kind="level", level=item.levels.first(), by=cast.leader)
    html = client.get(detail_url(assessment)).content.decode()
    assert "Next for you: submit" in html and "Submit the assessment" in html
    client.force_login(cast.colleague)
    html = client.get(detail_url(assessment)).content.decode()
    assert "Lena Leader <span" in " ".join(html.split()) and "Submit the assessment" not in html


def test_from_agreement_to_scores(client, cast, assessment):
    def agree(code: str, kind: str = "level", level: str = "") -> None:
        chosen = level_of(assessment.version, code, level) if level else None
        services.agree(assessment, item_of(assessment.version, code), kind=kind, level=chosen, by=cast.leader)

    client.force_login(cast.leader)
    agree("a", level="low")
    page = client.get(detail_url(assessment))
    assert [item.code for item in page.context["gaps"]] == ["b", "c"]
    refused = client.post(verb_url(assessment, "submit"), follow=True)
    assert [str(one) for one in refused.context["messages"]] == [
        "2 items have no answer yet: Item B.; Item C. Choose a level, “Not applicable” or “No data” for each, then submit."
    ]
    agree("b", "no_data")
    agree("c", level="high")
    page = client.post(verb_url(assessment, "submit"), follow=True)
    assert page.context["scores"].shown == "75"  # (1 * 0 + 3 * 1) / 4; Item B has no data
    assert [(task["status"], task["hint"]) for task in page.context["tasks"]] == [
        ("Completed", "2 of 2 items answered"),
        ("Completed", "1 of 1 items answered"),
    ]
    html = page.content.decode()
    assert 'aria-label="Domain two, Milestone baseline: 100"' in html
    assert "Of 100: highest in Domain two (100), lowest in Domain one (0)" in html
    # 1 of 2 items has a level; Item B, which has no data, could still make it 50.
    assert '<td class="num">0</td><td class="num">0–50</td><td class="num">1</td><td class="num">2</td>' in html


def test_an_item_or_a_domain_of_another_instrument_is_not_there(client, cast, assessment):
    services.load_instrument(small(**{"code: c": "code: new"}))
    client.force_login(cast.leader)
    assert client.get(domain_url(assessment, "three")).status_code == 404
    for name in ("item", "add_evidence"):
        assert client.get(reverse(f"assessments:{name}", args=[assessment.public_id, "new"])).status_code == 404


def test_evidence_is_escaped(client, cast, assessment):
    item = item_of(assessment.version, "a")
    services.agree(assessment, item, kind="no_data", evidence="<script>alert(1)</script>", by=cast.leader)
    for who in (cast.leader, cast.coach):
        client.force_login(who)
        assert "<script>alert" not in client.get(domain_url(assessment)).content.decode()


def test_a_reassessment_before_its_baseline_says_which_to_submit(client, cast, assessment, reassessment):
    client.force_login(cast.leader)
    url = reverse("assessments:start", args=[cast.enrollment.public_id, reassessment.code])
    page = client.post(url, follow=True)
    assert [str(one) for one in page.context["messages"]] == [
        "Submit “Milestone baseline” first: a reassessment is compared with it."
    ]
    assert page.redirect_chain == [(reverse("assessments:detail", args=[assessment.public_id]), 302)]


def test_a_start_that_is_refused_says_why(client, cast):
    client.force_login(cast.leader)
    response = client.post(start_url(cast))
    assert response.status_code == 302
    assert response.url == reverse("programs:enrollment", args=[cast.enrollment.public_id])


def test_every_page_says_that_the_instrument_is_illustrative(client, cast, assessment):
    said = "The items of ASCO's EQuIP assessment are not public."
    for who in (cast.leader, cast.coach):
        client.force_login(who)
        for url in (detail_url(assessment), domain_url(assessment)):
            assert said in client.get(url).content.decode()
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=NOW)
    assert said in client.get(detail_url(assessment)).content.decode()


def test_arrival_decides(client, cast, assessment):
    answer_all(assessment, cast.leader)
    client.force_login(cast.leader)
    with clock.at(cast.baseline.ends_at + timedelta(days=1)):
        client.post(verb_url(assessment, "submit"))
    assert cast.enrollment.completions.get().standing == "late"


# --- queries -----------------------------------------------------------------------------------------------------------
def test_the_pages_do_not_ask_more_for_more_items(client, cast, assessment, django_assert_max_num_queries):
    domain = Item.objects.filter(domain__version=assessment.version).first().domain
    counts = []
    for number in range(3):
        if number:
            item = Item.objects.create(domain=domain, code=f"extra-{number}", text="More.", position=10 + number)
            item.levels.create(code="low", anchor="Nothing.", position=0)
            item.levels.create(code="high", anchor="All.", position=1)
            services.agree(assessment, item, kind="no_data", by=cast.colleague)
        for who in (cast.leader, cast.coach):
            client.force_login(who)
            for url in (detail_url(assessment), domain_url(assessment)):
                client.get(url)  # warm
                with django_assert_max_num_queries(30) as asked:
                    client.get(url)
                counts.append(len(asked))
    assert counts[:4] == counts[4:8] == counts[8:12]


@pytest.mark.parametrize("page", ["instrument", "instrumentversion", "item", "assessment"])
def test_staff_read_it_in_the_admin(client, cast, assessment, page):
    answer_all(assessment, cast.leader)
    client.force_login(cast.staff)
    assert client.get(reverse(f"admin:assessments_{page}_changelist")).status_code == 200
    row = {
        "instrument": assessment.version.instrument,
        "instrumentversion": assessment.version,
        "item": item_of(assessment.version, "a"),
        "assessment": assessment,
    }[page]
    url = reverse(f"admin:assessments_{page}_change", args=[row.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 403
    assert client.get(reverse(f"admin:assessments_{page}_add")).status_code == 403
