from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from improvement import services
from improvement.models import CoachComment, DataPoint, Measure, Project, QuarterlyUpdate, UpdateState
from programs.models import DueFrom, MilestoneKind
from tests.conftest import make_milestone
from tests.improvement.conftest import add_point, fill, make_measure

EVERYBODY = (
    "leader",
    "colleague",
    "helper",
    "former",
    "stranger",
    "reviewer",
    "coach",
    "other_coach",
    "leadership",
    "staff",
    "inactive",
)
READERS = {"leader": 200, "colleague": 200, "helper": 200, "coach": 200, "staff": 200}
WRITERS = {"leader": 200, "colleague": 200, "helper": 403, "coach": 403, "staff": 403}


@pytest.fixture
def filed(cast, draft, september):
    fill(draft, cast.leader)
    return services.submit_update(draft, by=cast.leader, arrived_at=september)


def page(name, obj):
    return reverse(f"improvement:{name}", args=[obj.public_id])


def statuses(client, cast, send):
    """What each of the cast gets; people whom the page does not know get 404, an inactive one has to sign in."""
    found = {}
    for name in EVERYBODY:
        client.logout()
        client.force_login(getattr(cast, name))
        found[name] = send(client).status_code
    return found


def expected(known):
    return dict.fromkeys(EVERYBODY, 404) | known | {"inactive": 302}


@pytest.mark.parametrize(
    ("name", "target", "known"),
    [
        ("project", "project", READERS),
        ("edit_project", "project", WRITERS),
        ("new_measure", "project", WRITERS),
        ("measure", "measure", READERS),
        ("update", "draft", READERS),
        ("check_update", "draft", WRITERS),
        ("new_project", "enrollment", WRITERS),
    ],
)
def test_who_may_read_a_page(client, cast, project, measure, draft, name, target, known):
    targets = {"project": project, "measure": measure, "draft": draft, "enrollment": cast.enrollment}
    url = page(name, targets[target])
    assert statuses(client, cast, lambda browser: browser.get(url)) == expected(known)


@pytest.mark.parametrize("name", ["new_project", "edit_project", "new_measure", "measure", "update"])
def test_who_may_write(client, cast, project, measure, draft, name):
    """Nonsense is posted, so that those who may write get their form back."""
    target = {"new_project": cast.enrollment, "measure": measure, "update": draft}.get(name, project)
    found = statuses(client, cast, lambda browser: browser.post(page(name, target), {"x": "y"}))
    assert found == expected(WRITERS) | {"inactive": 401}  # who is signed out gets back what was typed


def test_who_may_start_and_file(client, cast, project, draft):
    writers = {"leader": 302, "colleague": 302, "helper": 403, "coach": 403, "staff": 403}
    start = reverse("improvement:start_update", args=[cast.enrollment.public_id, cast.first_update.code])
    assert statuses(client, cast, lambda browser: browser.post(start)) == expected(writers)
    assert statuses(client, cast, lambda browser: browser.post(page("submit_update", draft))) == expected(writers)


def test_who_may_comment(client, cast, filed):
    commenters = {"leader": 403, "colleague": 403, "helper": 403, "coach": 200, "staff": 403}
    url = page("comment_update", filed)
    assert statuses(client, cast, lambda browser: browser.post(url, {"text": ""})) == expected(commenters)


def test_who_reads_a_filed_update_without_measures_is_told_to_add_none(client, cast, filed):
    filed.project.measures.all().delete()
    client.force_login(cast.coach)
    shown = client.get(page("update", filed)).content.decode()
    assert "The project has no measure yet, so there are no data of this quarter." in shown
    assert "Add one, or say under" not in shown


def test_a_draft_has_no_comments(client, cast, draft):
    client.force_login(cast.coach)
    assert client.post(page("comment_update", draft), {"text": "Early"}).status_code == 403


@pytest.mark.parametrize("name", ["submit_update", "comment_update"])
def test_what_changes_something_is_never_a_get(client, cast, draft, name):
    client.force_login(cast.leader)
    assert client.get(page(name, draft)).status_code == 405


def test_anonymous_people_sign_in_first(client, project):
    response = client.get(page("project", project))
    assert (response.status_code, response.url) == (302, f"/accounts/login/?next=/projects/{project.public_id}/")


# --- The way of a team ----------------------------------------------------------------------------------------------------


def test_from_project_to_filed_update(client, cast, september):
    client.force_login(cast.leader)
    client.post(page("new_project", cast.enrollment), {"title": "Screen", "problem": "Few are screened.", "aim": ""})
    project = Project.objects.get()
    form = {
        "title": "Screened",
        "kind": "process",
        "numerator": "screened",
        "denominator": "new patients",
        "target_percent": "80",
        "direction": "up",
    }
    client.post(page("new_measure", project), form)
    measure = Measure.objects.get()
    point = {
        "period_start": "2024-07-01",
        "period_end": "2024-09-30",
        "numerator": "12",
        "denominator": "40",
        "note": "",
    }
    assert client.post(page("measure", measure), point).url == page("measure", measure)
    start = reverse("improvement:start_update", args=[cast.enrollment.public_id, cast.first_update.code])
    client.post(start)
    update = QuarterlyUpdate.objects.get()
    answers = {
        "base_version": "1",
        "changes": "Asked.",
        "progress": "2.5",
        "progress_reason": "One test.",
        "then": "check",
    }
    assert client.post(page("update", update), answers).url == page("check_update", update)
    assert "File the update" in client.get(page("check_update", update)).content.decode()
    assert client.post(page("submit_update", update), {"base_version": "2"}).url == page("update", update)
    update.refresh_from_db()
    assert update.state == UpdateState.SUBMITTED


def test_without_a_project_the_start_of_an_update_leads_to_one(client, cast, september):
    client.force_login(cast.leader)
    response = client.post(
        reverse("improvement:start_update", args=[cast.enrollment.public_id, cast.first_update.code])
    )
    assert response.url == page("new_project", cast.enrollment)
    assert not QuarterlyUpdate.objects.exists()


def test_an_unknown_milestone_is_not_found(client, cast, project):
    client.force_login(cast.leader)
    assert (
        client.post(reverse("improvement:start_update", args=[cast.enrollment.public_id, "nothing"])).status_code == 404
    )


def test_the_check_page_lists_what_is_missing_and_offers_no_filing(client, cast, draft):
    client.force_login(cast.leader)
    text = client.get(page("check_update", draft)).content.decode()
    assert "Choose a progress score." in text
    assert "File the update" not in text


def test_filing_too_early_says_what_is_missing(client, cast, draft):
    client.force_login(cast.leader)
    response = client.post(page("submit_update", draft), {"base_version": "1"}, follow=True)
    assert response.redirect_chain == [(page("check_update", draft), 302)]
    assert "The update cannot be filed yet." in response.content.decode()


def test_filing_again_shows_the_filed_update(client, cast, filed):
    client.force_login(cast.colleague)
    assert client.post(page("submit_update", filed), {"base_version": "2"}).url == page("update", filed)
    assert client.get(page("check_update", filed)).url == page("update", filed)


def test_of_two_who_save_the_second_sees_both_versions_and_loses_nothing(client, cast, draft):
    client.force_login(cast.leader)
    client.post(page("update", draft), {"base_version": "1", "changes": "What the leader wrote"})
    client.force_login(cast.colleague)
    response = client.post(
        page("update", draft), {"base_version": "1", "changes": "What the colleague wrote", "progress": "3.0"}
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert text.count("What the leader wrote") == 1
    assert text.count("What the colleague wrote") == 2  # beside the other's, and in the form
    assert response.context["form"]["base_version"].value() == 2
    response = client.post(page("update", draft), {"base_version": "2", "changes": "Both", "progress": "3.0"})
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.changes, draft.version) == ("Both", 3)


def test_words_for_a_draft_that_was_filed_meanwhile_are_shown(client, cast, filed):
    client.force_login(cast.colleague)
    response = client.post(page("update", filed), {"base_version": "2", "changes": "What the colleague wrote"})
    assert response.status_code == 409
    assert "What the colleague wrote" in response.content.decode()
    assert response.context["form"] is None


def test_the_writer_sees_what_was_planned_last_time(client, cast, draft, september):
    services.save_update(draft, by=cast.leader, base_version=1, next_steps="Ask at every visit.")
    services.submit_update(fill(draft, cast.leader), by=cast.leader, arrived_at=september)
    second = make_milestone(cast.cohort, "update-2", MilestoneKind.UPDATE, date(2024, 12, 31), DueFrom.ENROLLMENT)
    later = services.start_update(cast.enrollment, second, by=cast.leader)
    client.force_login(cast.leader)
    assert "Ask at every visit." in client.get(page("update", later)).content.decode()


def test_a_refused_point_comes_back_with_its_reason(client, cast, measure):
    client.force_login(cast.leader)
    point = {"period_start": "2024-09-01", "period_end": "2024-09-30", "numerator": "5", "denominator": "4"}
    response = client.post(page("measure", measure), point)
    assert response.context["form"].errors == {
        "numerator": ["The numerator cannot be larger than the denominator. Check both numbers."]
    }
    assert not DataPoint.objects.exists()


def test_a_measure_of_the_same_name_comes_back_with_its_reason(client, cast, measure):
    client.force_login(cast.leader)
    form = {"title": measure.title, "kind": "process", "numerator": "n", "denominator": "d", "direction": "up"}
    response = client.post(page("new_measure", measure.project), form)
    assert response.context["form"].non_field_errors() == ["The project has a measure of this name already."]


def test_nobody_eligible_is_never_nought_percent(client, cast, measure):
    add_point(measure, cast.leader, numerator=0, denominator=0)
    client.force_login(cast.helper)
    text = client.get(page("measure", measure)).content.decode()
    assert "no eligible patients" in text
    assert ">0.0%<" not in text


def test_the_chart_has_title_description_and_no_inline_style(client, cast, measure):
    add_point(measure, cast.leader, numerator=12, denominator=40)
    add_point(measure, cast.leader, start=date(2024, 9, 1), end=date(2024, 9, 30), numerator=20, denominator=40)
    client.force_login(cast.helper)
    text = client.get(page("measure", measure)).content.decode()
    title = (
        "Distress screening: 50.0% in the latest period (20 of 40), median 40.0% over 2 periods; "
        "the target of 80.0% is not met"
    )
    assert f'<title id="chart-{measure.pk}-title">{title}</title>' in text
    assert f'<desc id="chart-{measure.pk}-desc">Run chart of percent by period. August 1, 2024 to' in text
    assert "style=" not in text


def test_a_coach_s_comment_stands_beside_the_team_s_score(client, cast, filed):
    client.force_login(cast.coach)
    assert (
        client.post(page("comment_update", filed), {"text": "Ask a pharmacist.", "progress": "2.0"}).status_code == 302
    )
    assert CoachComment.objects.get().written_by == cast.coach
    client.force_login(cast.helper)
    text = client.get(page("update", filed)).content.decode()
    assert "Ask a pharmacist." in text
    assert "2.0 – Activity, no changes" in text
    assert "2.5 – Changes tested, no improvement" in text


def test_an_enrollment_that_has_ended_is_read_only(client, cast, project, draft):
    cast.enrollment.state = "withdrawn"
    cast.enrollment.save()
    client.force_login(cast.leader)
    assert client.get(page("update", draft)).status_code == 200
    assert client.post(page("update", draft), {"base_version": "1", "changes": "x"}).status_code == 403


# --- Queries --------------------------------------------------------------------------------------------------------------


def count_queries(client, url):
    client.get(url)  # the first request of a session writes when it began
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_project_page_asks_as_often_with_three_measures_as_with_one(client, cast, measure):
    client.force_login(cast.leader)
    add_point(measure, cast.leader)
    one = count_queries(client, page("project", measure.project))
    for number in (2, 3):
        add_point(make_measure(measure.project, cast.leader, title=f"Measure {number}"), cast.leader)
    assert count_queries(client, page("project", measure.project)) == one


def test_the_measure_page_asks_as_often_with_three_points_as_with_one(client, cast, measure):
    client.force_login(cast.leader)
    add_point(measure, cast.leader)
    one = count_queries(client, page("measure", measure))
    for month in (6, 7):
        add_point(measure, cast.leader, start=date(2024, month, 1), end=date(2024, month, 28))
    assert count_queries(client, page("measure", measure)) == one


def test_the_update_page_asks_as_often_with_three_measures_and_comments_as_with_one(client, cast, measure, filed):
    client.force_login(cast.coach)
    add_point(measure, cast.leader)
    services.comment_on(filed, text="One", by=cast.coach)
    one = count_queries(client, page("update", filed))
    for number in (2, 3):
        add_point(make_measure(measure.project, cast.leader, title=f"Measure {number}"), cast.leader)
        services.comment_on(filed, text=f"Comment {number}", by=cast.coach)
    assert count_queries(client, page("update", filed)) == one


def test_the_admin_lists_ask_as_often_with_three_rows_as_with_one(client, cast, measure):
    client.force_login(cast.staff)
    url = reverse("admin:improvement_measure_changelist")
    one = count_queries(client, url)
    for number in (2, 3):
        make_measure(measure.project, cast.leader, title=f"Measure {number}")
    assert count_queries(client, url) == one


def test_staff_give_an_update_back_in_the_admin(client, cast, filed):
    client.force_login(cast.staff)
    url = reverse("admin:improvement_quarterlyupdate_changelist")
    client.post(url, {"action": "reopen", "_selected_action": [filed.pk]})
    filed.refresh_from_db()
    assert filed.state == UpdateState.DRAFT


def test_the_check_page_asks_as_the_form_does(client, cast, draft):
    client.force_login(cast.leader)
    form = client.get(page("update", draft)).context["form"]
    labels = [row.label for row in client.get(page("check_update", draft)).context["rows"]]
    assert labels == [str(field.label) for field in form.visible_fields()]


def test_what_filing_needs_is_not_called_optional_and_a_draft_may_leave_it_empty(client, cast, draft):
    client.force_login(cast.leader)
    form = client.get(page("update", draft)).context["form"]
    assert [name for name, field in form.fields.items() if field.required] == [
        "progress",
        "progress_reason",
        "base_version",
    ]
    response = client.post(page("update", draft), {"base_version": draft.version, "changes": "One."})
    assert response.status_code == 302
