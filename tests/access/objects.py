"""One object for every address with arguments, in the state in which the address makes sense; and the same for two more teams.

``build`` makes the objects of one team, ``build_sets`` those of three: of the cast's own team, of the other one, and of one that
is applying. What one person gets for the three is what the access table calls own and foreign.
"""

from dataclasses import dataclass, replace
from datetime import date, time

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AccessLink, User
from accounts.services import issue_access_link
from applications import services as applications
from applications.models import Application, AttendanceCommitment, Call, EligibilityQuestion, Format, Part
from applications.services import answer, open_call, request_correction, start_application
from applications.services import submit as submit_application
from assessments import services as assessments
from assessments.models import Assessment, Comparison
from core import clock, links
from documents.models import StoredFile
from documents.services import check
from improvement import services as improvement
from notifications.models import Kind, Message
from notifications.services import Draft, enqueue, send_due
from practices.models import Invitation, Member, MemberRole, Practice
from practices.selectors import core_team
from practices.services import add_member, add_site, end_membership, invite, let_in
from programs.models import CalendarFeed, Cohort, DueFrom, Milestone, MilestoneKind
from programs.services import start_feed
from questionnaires.models import Question
from questionnaires.services import load_form
from sessions_app.models import Session
from sessions_app.services import schedule_session
from tests.applications.conftest import SECTIONS, Applying, fill
from tests.assessments.conftest import answer_all, item_of, small
from tests.conftest import Cast, make_cohort, make_milestone, make_practice, make_user
from tests.improvement.conftest import add_point, make_measure
from tests.improvement.conftest import fill as fill_update

FILES = {
    "code": "files",
    "title": "Files",
    "questions": [{"code": "chart", "kind": "file", "text": "Show us a chart", "required": "never"}],
}
LETTER = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LETTER_PAGES = ("letters:letter", "letters:write", "letters:upload", "letters:sign", "letters:decline")
Objects = dict[str, dict[str, object]]


@dataclass(frozen=True)
class World:
    """The cast, two people more, and url name -> keyword arguments for each of the three sets of objects."""

    people: dict[str, User]
    sets: dict[str, Objects]
    # What stands on a page that shows something of a set, and on no other.
    marks: dict[str, tuple[str, ...]]


def build_sets(cast: Cast) -> World:
    """Three sets of objects: ``team`` (of the cast's leader), ``other`` (of the stranger), ``appl`` (of an applicant)."""
    rival = make_user("Ria Rival")
    applying = _applying(cast, make_user("Ada Applicant"), make_practice("Applying Synthetic Practice"))
    sets = {"team": build(cast), "other": build(_other(cast)), "appl": _of_applicant(applying)}
    _application(_applying(cast, rival, make_practice("Rival Synthetic Practice")), "open-call")
    people = {name: value for name, value in vars(cast).items() if isinstance(value, User)}
    owners = {
        "team": (cast.practice, cast.leader),
        "other": (cast.other_team.practice, cast.stranger),
        "appl": (applying.practice, applying.leader),
    }
    marks = {of: (practice.name, leader.name, leader.email) for of, (practice, leader) in owners.items()}
    return World(people | {"applicant": applying.leader, "rival": rival}, sets, marks)


def _other(cast: Cast) -> Cast:
    """The cast as seen from the other team: its leader is the stranger, its coach the other coach."""
    people = _crew("Other")
    for name, role in (("colleague", MemberRole.CORE), ("helper", MemberRole.LARGER)):
        add_member(cast.other_team, people[name], role, by=cast.stranger)
    of_team = {"team": cast.other_team, "practice": cast.other_team.practice, "enrollment": cast.other_enrollment}
    return replace(cast, leader=cast.stranger, coach=cast.other_coach, **people, **of_team)


def _applying(cast: Cast, leader: User, practice: Practice) -> Cast:
    return replace(cast, leader=leader, practice=practice, **_crew(leader.name.split()[1]))


def _crew(name: str) -> dict[str, User]:
    return {role: make_user(f"{role.capitalize()} {name}") for role in ("colleague", "helper", "former")}


def _of_applicant(cast: Cast) -> Objects:
    """What there is of a team that takes part in nothing yet: its application, its people, and what it may not begin."""
    found = _applications(cast)
    draft = Application.objects.get(public_id=found["applications:detail"]["public_id"]).enrollment
    cast = replace(cast, team=draft.team, enrollment=draft, cohort=draft.cohort)
    cast = replace(cast, session=_milestone(cast.cohort, "training", MilestoneKind.SESSION, date(2024, 9, 1)))
    for code, kind in (("reassessment-2", MilestoneKind.ASSESSMENT), ("update-2", MilestoneKind.UPDATE)):
        _milestone(cast.cohort, code, kind, date(2024, 12, 31), DueFrom.ENROLLMENT)
    enrollment = {"enrollment_id": draft.public_id}
    return (
        found
        | _people(cast)
        | _practice(cast)
        | _program(cast)
        | {
            "assessments:overview": {"code": draft.cohort.code},
            "assessments:export": {"code": draft.cohort.code},
            "assessments:start": {"enrollment": draft.public_id, "milestone": "reassessment-2"},
            "assessments:cohort_scores": {"cohort": draft.cohort.code},
            "assessments:freeze": {"cohort": draft.cohort.code, "milestone": "reassessment-2"},
            "improvement:new_project": enrollment,
            "improvement:start_update": enrollment | {"code": "update-2"},
        }
    )


def _milestone(cohort: Cohort, code: str, *words: object, **fields: object) -> Milestone:
    """The sets share their cohorts, and so their milestones."""
    return Milestone.objects.filter(cohort=cohort, code=code).first() or make_milestone(cohort, code, *words, **fields)


def build(cast: Cast) -> Objects:
    """Url name -> the keyword arguments of its address."""
    found: Objects = {}
    for part in (_people, _practice, _program, _applications, _assessments, _improvement):
        found |= part(cast)
    return found


def build_intake(cast: Cast) -> Objects:
    """The part of ``build`` that belongs to practices and to what they apply with."""
    return _practice(cast) | _applications(cast)


def _people(cast: Cast) -> Objects:
    link = issue_access_link(cast.leader)
    key = f"access-table-{cast.leader.pk}"
    enqueue(Draft(kind=Kind.NEWS, key=key, subject="News", to=cast.leader, text="Hello"))
    send_due()
    message = Message.objects.get(dedupe_key=key)
    return {
        "access": {
            "public_id": link.public_id,
            "token": links.token(AccessLink.PURPOSE, link.pk, link.generation),
        },
        "message": {"public_id": message.public_id},
        "remove_person": {"public_id": cast.leader.public_id},
        **{f"status_{verb}": {"public_id": message.public_id} for verb in ("send_again", "arrived", "give_up")},
        "refuse": {
            "public_id": cast.leader.public_id,
            "kind": "news",
            "token": links.token("refuse-news", cast.leader.pk, 1),
        },
    }


def _practice(cast: Cast) -> Objects:
    invitation = invite(cast.team, email="new@test.example", role=MemberRole.CORE, by=cast.leader)
    token = links.token(Invitation.PURPOSE, invitation.pk, invitation.generation)
    team, open_one = {"public_id": cast.team.public_id}, {"public_id": invitation.public_id}
    practice = {"public_id": cast.practice.public_id}
    site = {"public_id": add_site(cast.practice, name="North", city="Testville", by=cast.leader).public_id}
    affiliation = let_in(cast.practice, make_user(f"Affiliated to {cast.leader.name.split()[1]}"), by=cast.leader)
    return {
        **{f"practices:{page}": practice for page in ("practice", "change", "add_site", "let_in")},
        "practices:site": site,
        "practices:remove_site": site,
        "practices:end_affiliation": {"public_id": affiliation.public_id},
        "practices:team": team,
        "practices:invite": team,
        "practices:sponsor": team,
        "practices:end_membership": {"public_id": Member.objects.get(team=cast.team, user=cast.colleague).public_id},
        "practices:revoke": open_one,
        "practices:renew": open_one,
        "practices:invitation": open_one | {"token": token},
    }


def _program(cast: Cast) -> Objects:
    held = Session.objects.filter(milestone=cast.session).first() or schedule_session(cast.session, mode="in_person")
    session = {"public_id": held.public_id}
    feed = start_feed(cast.leader)
    token = links.token(CalendarFeed.PURPOSE, feed.pk, feed.generation)
    return {
        "programs:calendar_renew": {"public_id": feed.public_id},
        "programs:calendar_stop": {"public_id": feed.public_id},
        "programs:calendar_feed": {"public_id": feed.public_id, "token": token},
        "cohort_board": {"code": cast.cohort.code},
        "cohort_clone": {"code": cast.cohort.code},
        "cohort_new": {"code": cast.program.code},
        "programs:enrollment": {"public_id": cast.enrollment.public_id},
        "sessions_app:detail": session,
        "sessions_app:attendance": session,
    }


def _applications(cast: Cast) -> Objects:
    """A complete draft, and an application that was sent, each to an open call of its own."""
    draft, sent = _application(cast, "open-call"), _application(cast, "second-open-call")
    submit_application(sent, by=cast.leader, arrived_at=clock.now())
    request_correction(sent, section="time", message="Say more.", by=cast.staff)
    applications.ask_for_export(draft.call, part=Part.ALL, form=Format.CSV, by=cast.staff)
    of_draft, of_sent = {"public_id": draft.public_id}, {"public_id": sent.public_id}
    verbs = (
        "detail",
        "practice",
        "team",
        "invite",
        "sponsor",
        "commit",
        "check",
        "sign",
        "submit",
        "withdraw",
        "access",
    )
    return {
        "calls:detail": {"code": "open-call"},
        "calls:eligibility": {"code": _asking_call(cast)},
        "calls:start": {"code": "open-call"},
        "calls:carry": {"code": "open-call"},
        **{f"applications:{verb}": of_draft for verb in verbs},
        "applications:section": of_draft | {"code": "problem"},
        "applications:autosave": of_draft | {"code": "problem"},
        "applications:file": of_draft | {"file_id": _file(draft, cast.leader).public_id},
        **_letters(draft, cast),
        "applications:receipt": of_sent,
        "applications:correction": of_sent | {"code": "time"},
        "applications:receipt_pdf": of_sent,
        "applications:submission_pdf": of_sent | {"number": 1},
        "applications:reopen": of_sent,
    }


def _application(cast: Cast, code: str) -> Application:
    """A new team of the same people: leader, core, larger and a former member. The coach supports their other team."""
    call = Call.objects.filter(cohort__code=code).first() or _call(cast, code)
    name = f"{cast.practice.name[:150]} for {code}"
    application = start_application(call, practice=cast.practice, team_name=name, leader=cast.leader, by=cast.leader)
    team = application.enrollment.team
    add_member(team, cast.colleague, MemberRole.CORE, by=cast.leader)
    add_member(team, cast.helper, MemberRole.LARGER, by=cast.leader)
    end_membership(add_member(team, cast.former, MemberRole.CORE, by=cast.leader), reason="Moved", by=cast.leader)
    fill(Applying(**vars(cast), call=call, application=application))
    return application


def _asking_call(cast: Cast) -> str:
    """A call that asks who can apply, and to which nobody applies."""
    code = "asking-call"
    if not Call.objects.filter(cohort__code=code).exists():
        choices = [
            {"code": "yes", "label": "Yes", "fits": True},
            {"code": "no", "label": "No", "fits": False, "reason": "-"},
        ]
        question = {"code": "physician", "text": "Is the leader a physician?", "choices": choices}
        EligibilityQuestion.objects.create(call=_call(cast, code), position=1, **question)
    return code


def _call(cast: Cast, code: str) -> Call:
    cohort = make_cohort(cast.program, code)
    make_milestone(cohort, "opening", MilestoneKind.OPENING, date(2024, 6, 1))
    make_milestone(
        cohort, "deadline", MilestoneKind.DEADLINE, date(2024, 8, 15), DueFrom.LEADER, ends_time=time(23, 59)
    )
    return open_call(cohort, form=load_form("test-application", "Application", [*SECTIONS, FILES]))


def _letters(draft: Application, cast: Cast) -> Objects:
    """One letter that is there, from the sponsor before; one that the present sponsor has begun; a colleague's word."""
    by, of_draft = cast.leader, {"public_id": draft.public_id}
    done = applications.ask_for_letter(draft, by=by)
    send_due()  # or the letter would cancel it
    applications.give_uploaded(done, check(SimpleUploadedFile("letter.pdf", LETTER)))
    words = {"name": "Synthetic Sponsor", "email": "next.sponsor@test.example", "position": "CMO"}
    applications.edit_sponsor(draft, **words, by=by)
    begun = applications.ask_for_letter(draft, by=by)
    applications.start_letter(begun)
    word = AttendanceCommitment.objects.get(application=draft, member__user=cast.colleague)
    links_of = {
        page: {"public_id": row.public_id, "token": links.token(type(row).PURPOSE, row.pk, row.generation)}
        for row, pages in ((begun, LETTER_PAGES), (word, ("attendance:word", "attendance:cannot")))
        for page in pages
    }
    return links_of | {
        **{f"applications:{page}": of_draft for page in ("letter_ask", "letter_upload", "ask_everybody")},
        **{f"applications:{page}": of_draft | {"letter_id": done.public_id} for page in ("letter", "letter_file")},
        **{
            f"applications:{page}": of_draft | {"letter_id": begun.public_id}
            for page in ("letter_remind", "letter_copy", "letter_end")
        },
    }


def _file(application: Application, by: User) -> StoredFile:
    """A file that answers a question of the draft."""
    question = Question.objects.get(section__form=application.response.form, code="chart")
    answer(application, {question.pk: check(SimpleUploadedFile("chart.txt", b"words"))}, by=by)
    return StoredFile.objects.latest("pk")


def _assessments(cast: Cast) -> Objects:
    """The baseline is submitted and told of, then one open and agreed, one not begun, one answered alone.

    Of one between the first two, the report of findings is a draft.
    """
    assessments.load_instrument(small())
    later = {
        code: _milestone(
            cast.cohort, code, MilestoneKind.ASSESSMENT, on, DueFrom.ENROLLMENT, instrument="equity-illustrative"
        )
        for code, on in {
            "reassessment-0": date(2025, 1, 31),
            "reassessment-1": date(2025, 7, 31),
            "reassessment-2": date(2026, 6, 30),
            "reassessment-3": date(2026, 12, 31),
        }.items()
    }
    baseline = assessments.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
    answer_all(baseline, cast.leader, c="middle")
    assessments.submit(baseline, by=cast.leader, arrived_at=clock.now())
    under_way = assessments.start_assessment(cast.enrollment, later["reassessment-1"], by=cast.leader)
    for member in core_team(cast.team):
        assessments.pass_turn(under_way, by=member.user)
    answer_all(under_way, cast.leader)
    of_open = {"public_id": under_way.public_id}
    upload = check(SimpleUploadedFile("chart.txt", b"words"))
    shown = assessments.add_evidence(under_way, item_of(under_way.version, "a"), title="", file=upload, by=cast.leader)
    third = assessments.start_assessment(cast.enrollment, later["reassessment-3"], by=cast.leader)
    of_alone, of_review = {"public_id": third.public_id}, {"public_id": baseline.public_id}
    of_baseline = {"cohort": cast.cohort.code, "milestone": cast.baseline.code}
    content = {"schema": 1, "version": 1, "display_max": 100, "domains": []}
    frozen = {"teams": 5, "content": content, "frozen_at": clock.now(), "frozen_by": cast.staff}
    Comparison.objects.get_or_create(milestone=cast.baseline, defaults=frozen)
    return {
        **{f"assessments:{name}": of_alone for name in ("alone", "finish_alone", "pass_alone")},
        **{f"assessments:{name}": of_alone | {"code": "one"} for name in ("alone_domain", "alone_autosave")},
        **{f"assessments:{name}": of_open for name in ("together", "take_unanimous")},
        "assessments:take_domain": of_open | {"code": "one"},
        **{f"assessments:{name}": of_open | {"code": "a"} for name in ("item", "item_autosave", "add_evidence")},
        **{f"assessments:{name}": of_open | {"evidence": shown.public_id} for name in ("evidence", "remove_evidence")},
        **{f"assessments:{name}": of_review for name in ("review", "finish_review")},
        **{f"assessments:{name}": of_review | {"code": "one"} for name in ("review_domain", "review_autosave")},
        "assessments:overview": {"code": cast.cohort.code},
        "assessments:export": {"code": cast.cohort.code},
        "assessments:start": {"enrollment": cast.enrollment.public_id, "milestone": "reassessment-2"},
        "assessments:detail": of_open,
        "assessments:change": of_open,
        "assessments:results": of_open,
        "assessments:cohort_scores": {"cohort": cast.cohort.code},
        "assessments:freeze": of_baseline,
        "assessments:comparison": of_baseline,
        "assessments:comparison_data": of_baseline,
        "assessments:domain": of_open | {"code": "one"},
        "assessments:submit": of_open,
        "assessments:reopen": {"public_id": baseline.public_id},
        **_reports(cast, baseline, later["reassessment-0"]),
    }


def _reports(cast: Cast, told: Assessment, milestone: Milestone) -> Objects:
    """Of one round the report is released, of another it is a draft."""
    between = assessments.start_assessment(cast.enrollment, milestone, by=cast.leader)
    answer_all(between, cast.leader, c="middle")
    assessments.submit(between, by=cast.leader, arrived_at=clock.now())
    draft = {"public_id": assessments.draft_report(between, by=cast.staff).public_id}
    report = assessments.draft_report(told, by=cast.staff)
    assessments.hand_over(report, by=cast.staff)
    assessments.release(report, by=make_user(f"Second Staff {cast.leader.pk}", role="staff"))
    released = {"public_id": report.public_id}
    pages = ("report", "report_pdf", "report_hand_over", "report_release", "report_send_back")
    return {
        "assessments:report_draft": {"public_id": told.public_id},
        **{f"assessments:{page}": released for page in pages},
        "assessments:report_release_pdf": released | {"number": 1},
        "assessments:report_edit": draft,
        "assessments:report_autosave": draft,
        "improvement:from_finding": {"public_id": report.findings.get().public_id},
    }


def _improvement(cast: Cast) -> Objects:
    """The first update is a draft, one before it filed, the next one not begun."""
    leader, enrollment = cast.leader, cast.enrollment
    project = improvement.start_project(enrollment, title="Screen", problem="Few are screened.", by=leader)
    measure = make_measure(project, leader)
    add_point(measure, leader, start=date(2024, 6, 1), end=date(2024, 6, 30))
    early = _milestone(cast.cohort, "update-0", MilestoneKind.UPDATE, date(2024, 6, 30), DueFrom.ENROLLMENT)
    _milestone(cast.cohort, "update-2", MilestoneKind.UPDATE, date(2024, 12, 31), DueFrom.ENROLLMENT)
    filed = improvement.start_update(enrollment, early, by=leader)
    fill_update(filed, leader)
    filed.refresh_from_db()
    improvement.submit_update(filed, by=leader, arrived_at=clock.now())
    draft = improvement.start_update(enrollment, cast.first_update, by=leader)
    of_enrollment, of_project = {"enrollment_id": enrollment.public_id}, {"public_id": project.public_id}
    of_draft = {"public_id": draft.public_id}
    return {
        "improvement:new_project": of_enrollment,
        "improvement:project": of_project,
        "improvement:edit_project": of_project,
        "improvement:new_measure": of_project,
        "improvement:measure": {"public_id": measure.public_id},
        "improvement:start_update": of_enrollment | {"code": "update-2"},
        "improvement:update": of_draft,
        "improvement:check_update": of_draft,
        "improvement:submit_update": of_draft,
        "improvement:comment_update": {"public_id": filed.public_id},
    }
