"""The pages of a round: who sees and does what, and the journey of two people on one form."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import services
from assessments.models import AgreedAnswer, Assessment, Item
from core import clock
from programs.models import EnrollmentState
from tests.assessments.conftest import answer_all, item_of, level_of, small
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


def posted(page, **changes: str) -> dict[str, str]:
    """What a browser would send from the page: every field of the form as it stands, with ``changes`` by item and field."""
    data = {}
    for row in page.context["form"].rows():
        data[row.answer.html_name] = row.answer.value() or ""
        data[row.answer.html_initial_name] = row.answer.initial or ""
        data[row.evidence.html_name] = row.evidence.value() or ""
        data[row.evidence.html_initial_name] = row.evidence.initial or ""
        data[row.version_name] = str(row.version)
        for name in ("answer", "evidence"):
            if f"{row.item.code}_{name}" in changes:
                data[f"{name}-{row.item.pk}"] = changes[f"{row.item.code}_{name}"]
    return data


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
def test_who_answers(client, cast, assessment, who):
    item = item_of(assessment.version, "a")
    client.force_login(getattr(cast, who))
    response = client.post(domain_url(assessment), {f"answer-{item.pk}": "level:low", f"version-{item.pk}": "0"})
    assert response.status_code == (302 if who in CORE else 403 if READERS[who] == 200 else 404)
    assert AgreedAnswer.objects.count() == (1 if who in CORE else 0)


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
    assert client.get(domain_url(assessment)).templates[0].name == "assessments/answers.html"
    assert client.post(domain_url(assessment), {}).status_code == 403


# --- the journey -------------------------------------------------------------------------------------------------------
def test_from_start_to_scores(client, cast, instrument):
    client.force_login(cast.leader)
    page = client.post(start_url(cast), follow=True)
    assessment = Assessment.objects.get()
    assert page.redirect_chain == [(detail_url(assessment), 302)]
    assert [(task["title"], task["status"]) for task in page.context["tasks"]] == [
        ("Domain one", "Not started"),
        ("Domain two", "Not started"),
    ]
    first = client.get(domain_url(assessment))
    response = client.post(domain_url(assessment), posted(first, a_answer="level:low", a_evidence="Minutes\r\nof May"))
    assert response.url == domain_url(assessment, "two")
    assert list(AgreedAnswer.objects.values_list("item__code", "level__code", "evidence")) == [
        ("a", "low", "Minutes\nof May")
    ]
    page = client.get(detail_url(assessment))
    assert [(task["status"], task["hint"]) for task in page.context["tasks"]] == [
        ("In progress", "1 of 2 items answered"),
        ("Not started", "0 of 1 items answered"),
    ]
    assert [item.code for item in page.context["gaps"]] == ["b", "c"]
    refused = client.post(verb_url(assessment, "submit"), follow=True)
    assert [str(one) for one in refused.context["messages"]] == [
        "2 items have no answer yet: Item B.; Item C. Choose a level, “Not applicable” or “No data” for each, then submit."
    ]
    client.post(domain_url(assessment), posted(client.get(domain_url(assessment)), b_answer="no_data"))
    second = client.get(domain_url(assessment, "two"))
    assert client.post(domain_url(assessment, "two"), posted(second, c_answer="level:high")).url == detail_url(
        assessment
    )
    page = client.post(verb_url(assessment, "submit"), follow=True)
    assert page.context["scores"].shown == "75"  # (1 * 0 + 3 * 1) / 4; Item B has no data
    html = page.content.decode()
    assert 'aria-label="Domain two, Milestone baseline: 100"' in html
    assert "Of 100: highest in Domain two (100), lowest in Domain one (0)" in html
    # 1 of 2 items has a level; Item B, which has no data, could still make it 50.
    assert '<td class="num">0</td><td class="num">0–50</td><td class="num">1</td><td class="num">2</td>' in html
    assert client.post(domain_url(assessment), {}).status_code == 403


def test_the_second_person_is_told_and_keeps_the_words(client, cast, assessment):
    client.force_login(cast.colleague)
    opened = client.get(domain_url(assessment))
    item = item_of(assessment.version, "a")
    low = level_of(assessment.version, "a", "low")
    services.agree(assessment, item, kind="level", level=low, by=cast.leader)
    page = client.post(domain_url(assessment), posted(opened, a_answer="level:high", a_evidence="My words"))
    assert page.status_code == 200
    assert page.context["form"].errors[f"answer-{item.pk}"] == [
        "Lena Leader answered “Low” meanwhile. Yours is still chosen below; save again to keep yours."
    ]
    assert "My words" in page.content.decode()
    assert AgreedAnswer.objects.get().level == low
    again = client.post(domain_url(assessment), posted(page))
    assert again.status_code == 302
    assert (AgreedAnswer.objects.get().level.code, AgreedAnswer.objects.get().version) == ("high", 2)


def test_what_a_person_left_alone_is_not_saved_over_another(client, cast, assessment):
    client.force_login(cast.colleague)
    opened = client.get(domain_url(assessment))
    services.agree(assessment, item_of(assessment.version, "a"), kind="no_data", by=cast.leader)
    assert client.post(domain_url(assessment), posted(opened, b_answer="level:high")).status_code == 302
    assert list(AgreedAnswer.objects.order_by("item").values_list("item__code", "kind")) == [
        ("a", "no_data"),
        ("b", "level"),
    ]


@pytest.mark.parametrize("value", ["level:excellent", "not_applicable", "high", "nonsense"])
def test_a_forged_answer_is_a_form_error(client, cast, assessment, value):
    client.force_login(cast.leader)
    item = item_of(assessment.version, "b")  # does not allow "not applicable"
    page = client.post(domain_url(assessment), {f"answer-{item.pk}": value})
    assert page.context["form"].errors == {f"answer-{item.pk}": ["Choose one of the answers of this item"]}
    assert f'href="#id_answer-{item.pk}_0"' in page.content.decode()
    assert AgreedAnswer.objects.count() == 0


def test_an_item_of_another_domain_or_instrument_is_ignored(client, cast, assessment):
    newer = services.load_instrument(small(**{"Item C.": "Item C reworded."}))
    client.force_login(cast.leader)
    data = {f"answer-{item.pk}": "level:low" for item in [item_of(newer, "a"), item_of(assessment.version, "c")]}
    assert client.post(domain_url(assessment), data).status_code == 302
    assert AgreedAnswer.objects.count() == 0
    assert client.get(domain_url(assessment, "three")).status_code == 404


def test_evidence_alone_asks_for_an_answer(client, cast, assessment):
    client.force_login(cast.leader)
    item = item_of(assessment.version, "a")
    page = client.post(domain_url(assessment), {f"evidence-{item.pk}": "Minutes of May"})
    assert page.context["form"].errors == {f"answer-{item.pk}": ["Choose an answer for “Item A.”"]}
    assert "Minutes of May" in page.content.decode()


def test_evidence_is_escaped(client, cast, assessment):
    item = item_of(assessment.version, "a")
    services.agree(assessment, item, kind="no_data", evidence="<script>alert(1)</script>", by=cast.leader)
    for who in (cast.leader, cast.coach):
        client.force_login(who)
        assert "<script>alert" not in client.get(domain_url(assessment)).content.decode()


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
    # gaps are looked up once something is answered: one query more, however many items
    assert counts[4:8] == counts[8:12]
    assert counts[1::2] == counts[1:4:2] * 3


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
