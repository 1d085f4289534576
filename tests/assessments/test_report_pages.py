"""The pages of a report of findings: who sees it when, two who write, the second person, the PDF."""

import re
from fractions import Fraction as F
from io import BytesIO

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import receipts, services
from assessments.models import Finding, InstrumentVersion, Report
from core.models import AuditEntry
from notifications.models import Message
from notifications.services import send_due
from tests.assessments.conftest import answer_all, item_of, level_of
from tests.conftest import make_user
from tests.reading import elements_of, tags_of, words_in

TEAM = ("leader", "colleague", "helper", "coach")
STRANGERS = ("former", "stranger", "reviewer", "other_coach", "leadership")


@pytest.fixture(autouse=True)
def _one_factor_is_enough(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


@pytest.fixture
def submitted(assessment, cast, now):
    answer_all(assessment, cast.leader, a="middle", b="low", c="middle")
    services.submit(assessment, by=cast.leader, arrived_at=now)
    return assessment


@pytest.fixture
def report(submitted, cast) -> Report:
    return services.draft_report(submitted, by=cast.staff)


@pytest.fixture
def second(cast):
    return make_user("Second Staff", role="staff")


@pytest.fixture
def released(report, cast, second) -> Report:
    services.hand_over(report, by=cast.staff)
    services.release(report, by=second)
    return report


def url(report, page: str = "report", **more: object) -> str:
    return reverse(f"assessments:{page}", kwargs={"public_id": report.public_id, **more})


def finding(report, code: str) -> Finding:
    return report.findings.get(item__code=code)


def typed(page, **changes: str) -> dict[str, str]:
    """What a browser sends from the page of the draft."""
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return data | dict(form.versions()) | changes


# --- who sees it -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", [*TEAM, *STRANGERS])
def test_nobody_but_staff_sees_a_draft(client, cast, report, who):
    client.force_login(getattr(cast, who))
    for page in ("report", "report_pdf", "report_edit"):
        assert client.get(url(report, page)).status_code == 404
    assert "report of findings" not in client.get(url(report.assessment, "detail")).content.decode().lower()


@pytest.mark.parametrize("who", [*TEAM, *STRANGERS])
def test_who_reads_what_is_released(client, cast, released, who):
    client.force_login(getattr(cast, who))
    is_reader = who in TEAM
    for page in ("report", "report_pdf"):
        assert client.get(url(released, page)).status_code == (200 if is_reader else 404)
    for page in ("report_hand_over", "report_release", "report_send_back", "report_autosave", "report_edit"):
        assert client.post(url(released, page)).status_code == (403 if is_reader else 404)
    assert Report.objects.get().state == "released"


@pytest.mark.parametrize("is_done", [False, True])
def test_the_third_party_reads_no_report(client, cast, released, is_done):
    """Whoever scores the round sees its answers, and of what was found nothing: no page, no file, no project."""
    assessment = released.assessment
    InstrumentVersion.objects.filter(pk=assessment.version_id).update(asks_reviewer=True)
    assessment.version.refresh_from_db()
    services.ask_reviewer(assessment, cast.reviewer, by=cast.staff)
    if is_done:
        rows = [services.OwnAnswer(item_of(assessment.version, code), "level", level_of(assessment.version, code, "low"))
                for code in "abc"]  # fmt: skip
        services.review(assessment, rows, by=cast.reviewer)
        services.finish_review(assessment, by=cast.reviewer)
    client.force_login(cast.reviewer)
    round_page = client.get(url(assessment, "detail"))
    assert round_page.status_code == 200
    assert "report of findings" not in round_page.content.decode().lower()
    assert client.get(url(released)).status_code == 404
    assert client.get(url(released, "report_pdf")).status_code == 404
    assert client.get(url(released, "report_release_pdf", number=1)).status_code == 404
    assert client.get(url(released, "report_edit")).status_code == 404
    assert client.post(url(assessment, "report_draft")).status_code in (403, 404)
    priority = finding(released, "c")
    assert client.post(reverse("improvement:from_finding", args=[priority.public_id])).status_code == 404
    assert not Report.objects.visible_to(cast.reviewer).exists()
    assert not Finding.objects.visible_to(cast.reviewer).exists()


@pytest.mark.parametrize("who", [*TEAM, *STRANGERS, "staff"])
def test_who_drafts(client, cast, submitted, who):
    client.force_login(getattr(cast, who))
    answer = client.post(url(submitted, "report_draft"))
    assert answer.status_code == (302 if who == "staff" else 403 if who in TEAM else 404)
    assert Report.objects.count() == (1 if who == "staff" else 0)


def test_one_step_from_the_page_of_the_round(client, cast, submitted):
    client.force_login(cast.staff)
    page = client.get(url(submitted, "detail")).content.decode()
    assert url(submitted, "report_draft") in page
    answer = client.post(url(submitted, "report_draft"), follow=True)
    assert answer.redirect_chain[-1][0] == url(Report.objects.get(), "report_edit")
    assert url(submitted, "report_draft") not in client.get(url(submitted, "detail")).content.decode()


def test_an_open_round_has_none(client, cast, assessment):
    client.force_login(cast.staff)
    answer = client.post(url(assessment, "report_draft"), follow=True)
    assert "once the team has submitted" in answer.content.decode()


def test_how_it_was_weighed_stands_there(client, cast, assessment, now):
    answer_all(assessment, cast.leader, a="middle")
    services.agree(
        assessment,
        item_of(assessment.version, "a"),
        kind="level",
        level=level_of(assessment.version, "a", "middle"),
        priority=3,
        by=cast.leader,
    )
    services.submit(assessment, by=cast.leader, arrived_at=now)
    report = services.draft_report(assessment, by=cast.staff)
    client.force_login(cast.staff)
    page = client.get(url(report, "report_edit")).content.decode()
    assert "1/2 × 1/8 × 3 = 3/16 (18.8%)" in page
    assert "Today at “Middle”, 1 of 2 steps below best practice: a gap of 50%." in page
    assert "Its share of the overall score is 12.5%." in page
    assert "The team's own priority is “Now”, which counts 3 ×." in page.replace("&#x27;", "'")


# --- writing ---------------------------------------------------------------------------------------------------------
def test_words_are_saved(client, cast, report):
    client.force_login(cast.staff)
    c = finding(report, "c")
    data = typed(
        client.get(url(report, "report_edit")),
        introduction="Dear team",
        **{f"title-{c.pk}": "Ours", f"strategies-{c.pk}": "One.\r\n\r\nTwo,\r\nlonger."},
    )
    assert client.post(url(report, "report_edit"), data).status_code == 302
    c.refresh_from_db()
    report.refresh_from_db()
    assert (report.introduction, c.title, report.changed_by) == ("Dear team", "Ours", cast.staff)
    assert [one.text for one in c.strategies.all()] == ["One.", "Two,\nlonger."]
    assert AuditEntry.objects.filter(verb="report.changed").count() == 1


def test_bad_input_loses_nothing(client, cast, report):
    client.force_login(cast.staff)
    c = finding(report, "c")
    data = typed(client.get(url(report, "report_edit")), introduction="Kept words", **{f"title-{c.pk}": " "})
    answer = client.post(url(report, "report_edit"), data)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Give “Item C.” a title." in page
    assert "Kept words" in page
    assert Report.objects.get().introduction == ""


def test_two_who_write_into_one_field(client, cast, report, second):
    """The second is told with both texts, keeps every word, and decides; what only they changed is saved."""
    client.force_login(cast.staff)
    c, a = finding(report, "c"), finding(report, "a")
    mine = typed(client.get(url(report, "report_edit")), **{f"text-{c.pk}": "My view.", f"title-{a.pk}": "Mine alone"})
    client.force_login(second)
    theirs = typed(
        client.get(url(report, "report_edit")), introduction="Theirs alone", **{f"text-{c.pk}": "Their view."}
    )
    assert client.post(url(report, "report_edit"), theirs).status_code == 302
    client.force_login(cast.staff)
    answer = client.post(url(report, "report_edit"), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Second Staff wrote into the same fields" in page
    assert "My view." in page
    assert "Their view." in page
    c.refresh_from_db(), a.refresh_from_db(), report.refresh_from_db()
    assert (c.text, a.title, report.introduction) == ("Their view.", "Mine alone", "Theirs alone")
    again = typed(answer)
    assert (again[f"text-{c.pk}"], again["introduction"]) == ("My view.", "Theirs alone")
    assert client.post(url(report, "report_edit"), again).status_code == 302
    c.refresh_from_db()
    assert c.text == "My view."


def test_the_order_by_buttons(client, cast, report):
    client.force_login(cast.staff)
    a, c = finding(report, "a"), finding(report, "c")

    def press(step: str) -> list[str]:
        data = typed(client.get(url(report, "report_edit")), introduction="Typed before the button", step=step)
        answer = client.post(url(report, "report_edit"), data)
        assert answer["Location"].endswith(f"#place-{step.partition('-')[2]}")
        return list(report.findings.filter(rank__isnull=False).order_by("rank").values_list("item__code", flat=True))

    assert press(f"down-{c.pk}") == ["b", "c", "a"]
    assert press(f"up-{a.pk}") == ["b", "a", "c"]
    assert press(f"out-{a.pk}") == ["b", "c"]
    assert press(f"in-{a.pk}") == ["b", "c", "a"]
    assert Report.objects.get().introduction == "Typed before the button"


@pytest.mark.parametrize("step", ["up-0", "fly-1", "up-x", "up-99999999999999999999999", "add-1"])
def test_a_button_from_elsewhere_changes_no_order(client, cast, report, step):
    client.force_login(cast.staff)
    before = list(report.findings.values_list("pk", "rank"))
    data = typed(client.get(url(report, "report_edit")), step=step)
    assert client.post(url(report, "report_edit"), data).status_code in (200, 302)
    assert list(report.findings.values_list("pk", "rank")) == before


def test_a_strategy_from_the_library(client, cast, report):
    instrument = report.assessment.version.instrument
    wide = services.write_strategy(
        services.findings.Strategy(code="w", title="Wide", text="Try it.", instrument=instrument, domain_code="one"),
        by=cast.staff,
    )
    client.force_login(cast.staff)
    c = finding(report, "c")
    page = client.get(url(report, "report_edit"))
    offered = [str(label) for label, _rows in page.context["form"].fields[f"add-{c.pk}"].choices if label]
    assert offered == ["All others"]
    data = typed(page, **{f"add-{c.pk}": str(wide.pk), "step": f"add-{c.pk}"})
    assert client.post(url(report, "report_edit"), data)["Location"].endswith(f"#finding-{c.pk}")
    (row,) = c.strategies.all()
    assert (row.text, row.strategy) == ("Try it.", wide)
    data = typed(client.get(url(report, "report_edit")), **{f"title-{c.pk}": "New title"})
    client.post(url(report, "report_edit"), data)
    assert c.strategies.get().strategy == wide


def test_what_is_typed_saves_itself(client, cast, report, second):
    client.force_login(cast.staff)
    page = client.get(url(report, "report_edit"))
    base = dict(page.context["form"].versions())["base__introduction"]
    sent = {"base__introduction": base, "introduction": "So far"}
    answer = client.post(url(report, "report_autosave"), sent).json()
    assert answer["saved"]["introduction"]["version"] == services.version_of("So far")
    assert Report.objects.get().introduction == "So far"
    assert not AuditEntry.objects.filter(verb="report.changed").exists()
    client.force_login(second)
    late = client.post(url(report, "report_autosave"), {"base__introduction": base, "introduction": "Other"})
    assert late.status_code == 409
    conflict = late.json()["conflicts"]["introduction"]
    assert (conflict["theirs"], conflict["by"], conflict["own"]) == ("So far", cast.staff.name, False)
    problem = client.post(url(report, "report_autosave"), {"base__introduction": "1", "introduction": "x" * 10001})
    assert "introduction" in problem.json()["problems"]


def test_an_ended_session_gives_the_words_back(client, cast, report):
    client.force_login(cast.staff)
    data = typed(client.get(url(report, "report_edit")), introduction="Typed for an hour")
    client.logout()
    answer = client.post(url(report, "report_edit"), data)
    assert answer.status_code == 401
    assert "Typed for an hour" in answer.content.decode()


def test_words_typed_into_what_was_handed_over_meanwhile(client, cast, report, second):
    client.force_login(second)
    data = typed(client.get(url(report, "report_edit")), introduction="Too late")
    services.hand_over(report, by=cast.staff)
    answer = client.post(url(report, "report_edit"), data)
    assert answer.status_code == 409
    assert "Too late" in answer.content.decode()
    assert "With a second person" in answer.content.decode()
    assert client.get(url(report, "report_edit")).status_code == 302
    autosaved = client.post(url(report, "report_autosave"), {"base__introduction": "1", "introduction": "Too late"})
    assert "cannot be changed" in autosaved.json()["refused"]


# --- the second person -----------------------------------------------------------------------------------------------
def test_whoever_handed_over_cannot_release(client, cast, report):
    client.force_login(cast.staff)
    client.post(url(report, "report_hand_over"))
    page = client.get(url(report)).content.decode()
    assert "so you cannot release it" in page
    assert url(report, "report_release") not in page
    answer = client.post(url(report, "report_release"), follow=True)
    assert "A second person releases the report" in answer.content.decode()
    assert Report.objects.get().state == "review"


def test_release_tells_the_core_team_once(client, cast, report, second):
    services.hand_over(report, by=cast.staff)
    client.force_login(second)
    for _press in range(2):
        client.post(url(report, "report_release"))
    mails = Message.objects.filter(template="report-released")
    assert {mail.recipient for mail in mails} == {cast.leader, cast.colleague}
    assert mails.count() == 2
    send_due()
    assert {mail.state for mail in Message.objects.filter(template="report-released")} == {"sent"}


def test_sent_back_with_a_message(client, cast, report, second):
    services.hand_over(report, by=cast.staff)
    client.force_login(second)
    empty = client.post(url(report, "report_send_back"), {"remark": ""})
    assert "Say what should be changed" in empty.content.decode()
    client.post(url(report, "report_send_back"), {"remark": "Name the clinic."})
    (mail,) = Message.objects.filter(template="report-sent-back")
    assert (mail.recipient, mail.context["remark"]) == (cast.staff, "Name the clinic.")
    client.force_login(cast.staff)
    assert "Name the clinic." in client.get(url(report, "report_edit")).content.decode()
    services.hand_over(Report.objects.get(), by=cast.staff)
    assert Report.objects.get().remark == ""


def test_a_correction_keeps_what_was_released(client, cast, released, second):
    client.force_login(cast.staff)
    client.post(url(released, "report_send_back"))
    client.force_login(cast.leader)
    assert client.get(url(released)).status_code == 404
    assert set(Message.objects.filter(template="report-released").values_list("state", flat=True)) == {"cancelled"}
    report = Report.objects.get()
    Finding.objects.filter(report=report, rank=1).update(title="Corrected")
    services.hand_over(report, by=second)
    services.release(report, by=cast.staff)
    first, again = report.releases.order_by("number")
    assert (first.number, again.number) == (1, 2)
    assert "Corrected" not in str(first.sealed)
    assert "Corrected" in str(again.sealed)
    waiting = Message.objects.filter(template="report-released", state="pending")
    assert {mail.context["is_correction"] for mail in waiting} == {True}
    assert client.get(url(released, "report_release_pdf", number=1)).status_code == 404
    assert client.get(url(released, "report_release_pdf", number=2)).status_code == 200
    assert client.get(url(released, "report_release_pdf", number=3)).status_code == 404
    client.force_login(cast.staff)
    assert client.get(url(released, "report_release_pdf", number=1)).status_code == 200


def test_not_while_the_team_has_its_assessment_back(cast, report, second):
    services.hand_over(report, by=cast.staff)
    services.reopen(report.assessment, by=cast.staff)
    with pytest.raises(services.AssessmentRefused, match="The team has its assessment back"):
        services.release(report, by=second)


# --- what it says ----------------------------------------------------------------------------------------------------
def test_the_three_parts(client, cast, released):
    client.force_login(cast.leader)
    page = client.get(url(released)).content.decode()
    places = [page.index(str(part)) for part in (receipts.AREAS, receipts.STRATEGIES, receipts.PRIORITIES)]
    assert places == sorted(places)
    assert "Illustrative instrument" in page
    assert "Of 100: highest in Domain two (50), lowest in Domain one (25)" in page
    assert page.count("Make this our project") == 3


@pytest.mark.parametrize("who", ["helper", "coach", "staff"])
def test_who_is_not_asked_for_a_project(client, cast, released, who):
    client.force_login(getattr(cast, who))
    assert "Make this our project" not in client.get(url(released)).content.decode()


@pytest.mark.parametrize("page", ["report", "report_edit"])
def test_as_many_queries_for_three_as_for_one(client, cast, assessment, now, page):
    counts = []
    client.force_login(cast.staff)
    answer_all(assessment, cast.leader, c="middle")
    services.submit(assessment, by=cast.leader, arrived_at=now)
    report = services.draft_report(assessment, by=cast.staff)
    for more in ([], ["a", "b"]):
        for position, code in enumerate(more, start=7):
            item = item_of(assessment.version, code)
            report.findings.create(domain=item.domain, item=item, position=position, title=code, text=code)
        client.get(url(report, page))
        with CaptureQueriesContext(connection) as found:
            assert client.get(url(report, page)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_pdf_is_tagged(client, cast, released):
    client.force_login(cast.leader)
    answer = client.get(url(released, "report_pdf"))
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(BytesIO(answer.content)) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang).startswith("en")
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadata:
            assert metadata["dc:title"].startswith("Report of findings: ")
            assert metadata["pdfuaid:part"] == "1"
        tags = tags_of(document)
    assert [tags.count(tag) for tag in ("/H1", "/H2", "/Table", "/Figure")] == [1, 5, 1, 1]
    assert {"/H3", "/H4", "/TH", "/TD", "/L", "/LI", "/P"} <= set(tags)


def test_the_picture_of_the_pdf_says_its_figures(client, cast, released):
    client.force_login(cast.leader)
    with pikepdf.open(BytesIO(client.get(url(released, "report_pdf")).content)) as document:
        (figure,) = [one for one in elements_of(document) if one.get("/S") == "/Figure"]
    assert str(figure.Alt) == (
        "Of 100: highest in Domain two (50), lowest in Domain one (25). "
        "Domain one: 25 · 2 of 2 items. Domain two: 50 · 1 of 1 items."
    )


@pytest.fixture
def second_report(submitted, cast, reassessment, second) -> Report:
    """Of a second round, a year after the first: domain one has moved, one item of it has no data."""
    later = services.start_assessment(cast.enrollment, reassessment, by=cast.leader)
    answer_all(later, cast.leader, a="middle", c="middle")
    services.agree(later, item_of(later.version, "a"), kind="no_data", by=cast.leader, base_version=1)
    services.submit(later, by=cast.leader, arrived_at=later.started_at)
    report = services.draft_report(later, by=cast.staff)
    services.hand_over(report, by=cast.staff)
    services.release(report, by=second)
    return report


def test_a_later_round_stands_beside_the_earlier_one(client, cast, second_report):
    """In the seal, the picture, its words and the tables of page and PDF."""
    client.force_login(cast.leader)
    one, two = receipts.contents(second_report.sealed).scores
    assert (one.earlier, one.score, one.words) == (["25"], "100", "25 → 100 · 1 of 2 items")
    assert (one.places, one.open_between) == ([F(1, 4), F(1)], (F(1, 2), F(1)))
    assert (two.earlier, two.score, two.open_between) == (["50"], "50", None)
    page = client.get(url(second_report)).content.decode()
    assert re.findall(r'aria-label="(Domain [^"]+)"', page) == [
        "Domain one, Milestone baseline: 25",
        "Domain one, Milestone reassessment-1: 100",
        "Domain two, Milestone baseline: 50",
        "Domain two, Milestone reassessment-1: 50",
    ]
    assert '<th scope="row">Domain one</th><td class="num">25</td><td class="num">100</td>' in page
    key = "Hollow circle: Milestone baseline; filled circle: Milestone reassessment-1; thin line with ends"
    told = words_in(client.get(url(second_report, "report_pdf")).content)
    assert key in page and key in told
    assert "Domain one 25 100 1 2 2" in told


def test_what_was_sealed_before_there_was_a_picture_has_one(client, cast, released):
    """The older copies have neither earlier rounds nor what is open; their figures and their fingerprint stay."""
    old = {name: value for name, value in released.sealed.items() if name != "earlier"} | {"schema": 1}
    old["domains"] = [{name: one[name] for name in one if name not in ("earlier", "open")} for one in old["domains"]]
    Report.objects.filter(pk=released.pk).update(sealed=old)
    released.releases.update(sealed=old)
    client.force_login(cast.leader)
    page = client.get(url(released)).content.decode()
    assert 'aria-label="Domain one, Milestone baseline: 25"' in page
    assert "Domain one 25 2 2 2" in words_in(client.get(url(released, "report_pdf")).content)


def test_the_pdf_says_what_the_page_says(client, cast, released):
    """Every word of the sealed report, and every figure of the profile, on both."""
    client.force_login(cast.leader)
    page = client.get(url(released)).content.decode()
    told = words_in(client.get(url(released, "report_pdf")).content)
    words = receipts.contents(released.sealed)
    said = [words.team, words.round, words.profile_title, f"Overall: {words.overall} of 100", released.sealed_sha256]
    said += [one.title for one in words.priorities]
    said += [text.replace("\n", " ") for area in words.areas for one in area.findings for text in one.paragraphs]
    for text in said:
        assert text in told, text
        assert text in page, text
    for row in words.scores:
        cells = (row.score, row.answered, row.applicable, row.total)
        assert f"{row.title} {' '.join(map(str, cells))}" in told
        drawn = "".join(f'<td class="num">{cell}</td>' for cell in cells)
        assert f'<th scope="row">{row.title}</th>{drawn}' in page


def test_what_people_type_is_text(cast, report):
    """A template's own signs come out as letters."""
    Finding.objects.filter(report=report).update(
        title="#panic() *bold* $x$ @ref <a>", text="= No heading\n\n#let x = 1"
    )
    sealed = services.sealing.seal(report, released_by=cast.staff)
    content = receipts.report_pdf(sealed, facts=[], notices=[], sha256="")
    assert "#panic() *bold* $x$ @ref <a>" in words_in(content)
    assert "= No heading" in words_in(content)


def test_a_draft_as_pdf_says_so(client, cast, report):
    client.force_login(cast.staff)
    assert "This is a draft." in words_in(client.get(url(report, "report_pdf")).content)
