"""Every page of the intake: its addresses from the URL table, who sees it, and an intake with nothing and one with everything."""

from dataclasses import dataclass, field
from datetime import date

from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from applications import services as applications
from applications.models import Application, AttendanceCommitment, Call, EligibilityQuestion, Format, Part
from core import links
from documents.services import check
from practices import services as practices
from practices.models import Affiliation, Invitation, MemberRole
from programs.models import DueFrom, MilestoneKind
from questionnaires.models import Question
from questionnaires.services import load_form, put_question
from tests.access.matrix import addresses
from tests.access.objects import FILES, Objects, build_intake
from tests.applications.conftest import SECTIONS
from tests.conftest import Cast, build_cast, make_cohort, make_milestone, make_practice, make_user

YES_NO = [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "Not yet"}]
COLUMNS = [
    {"code": "name", "label": "Name"},
    {"code": "mail", "label": "E-mail", "kind": "email", "required": False},
    {"code": "work", "label": "Work", "kind": "choice", "choices": YES_NO},
]
KINDS = {
    "code": "kinds",
    "title": "A question of every kind",
    "introduction": "Tell us about the place where you work.\n\nIt may be short.",
    "questions": [
        {"code": "name", "kind": "short_text", "text": "Name it", "max_words": 5, "help": "As in your reports."},
        {"code": "why", "kind": "long_text", "text": "Why does it matter?", "max_words": 50},
        {"code": "share", "kind": "number", "text": "Share", "minimum": 0, "maximum": 100, "unit": "percent"},
        {"code": "tried", "kind": "choice", "text": "Did you try to solve it?", "choices": YES_NO},
        {
            "code": "result",
            "kind": "short_text",
            "text": "What came of it?",
            "ask_if": {"question": "tried", "values": ["yes"]},
        },
        {"code": "means", "kind": "choices", "text": "What do you have?", "choices": YES_NO},
        {"code": "since", "kind": "date", "text": "Since when?"},
        {"code": "chart-two", "kind": "file", "text": "Show us another chart"},
        {
            "code": "people",
            "kind": "table",
            "text": "Who will help?",
            "columns": COLUMNS,
            "min_rows": 1,
            "max_rows": 12,
        },
        {"code": "agree", "kind": "statement", "text": "We agree to share what we learn."},
    ],
}
for question in KINDS["questions"]:
    question["required"] = "never"
ANSWERS = {
    "name": "Synthetic screening",
    "why": "Because few are asked.\n\nAnd fewer answer.",
    "share": 40,
    "tried": "yes",
    "result": "A list of names",
    "means": ["yes", "no"],
    "since": "2020-01-31",
    "people": [{"name": "Nora Nurse", "mail": "nora@test.example", "work": "yes"}],
    "agree": True,
}
FORM = [*SECTIONS, FILES, KINDS]

# --- Addresses -------------------------------------------------------------------------------------------------------

# Who looks at the pages of a room; whoever comes first has to be shown them.
PEOPLE = {
    "calls": ("nobody", "leader"),
    "applications": ("leader", "colleague"),
    "letters": ("nobody",),
    "attendance": ("nobody",),
    "practices": ("leader", "colleague"),
    "admin": ("staff",),
}
ADMIN = ("admin/applications/", "admin/practices/", "admin/questionnaires/")
# Addresses that show no page of their own, by what they answer to somebody who opens them. The test holds them to it.
NO_PAGE = {
    "takes a press alone": """
        calls:carry applications:invite applications:access applications:letter_ask applications:letter_upload
        applications:letter_remind applications:letter_copy applications:letter_end applications:autosave
        applications:commit applications:ask_everybody applications:sign applications:submit applications:reopen
        letters:upload letters:sign letters:decline attendance:cannot practices:invite practices:remove_site
        practices:end_affiliation practices:let_in practices:revoke practices:renew
        admin:applications_call_intake_excel admin:applications_call_intake_csv admin:applications_call_eligibility_move
        admin:applications_call_section_move admin:applications_call_question_move admin:applications_application_note
        admin:applications_application_settle admin:applications_application_letter
        admin:applications_application_membership admin:practices_practice_apart_back
        admin:applications_call_intake_table_file""",
    "a file": """
        applications:file applications:letter_file applications:receipt_pdf applications:submission_pdf
        admin:applications_call_form_copy""",
    "nobody may": """
        admin:applications_call_add admin:applications_call_delete admin:applications_application_add
        admin:applications_application_delete admin:practices_practice_delete admin:practices_site_add
        admin:practices_site_delete admin:practices_affiliation_delete admin:practices_team_add
        admin:applications_export_add admin:applications_export_delete
        admin:practices_team_delete admin:practices_invitation_add admin:practices_invitation_delete""",
}
NO_PAGES = {name: reason for reason, names in NO_PAGE.items() for name in names.split()}
# What has to be in an address beside its object.
QUERIES = {
    "admin:applications_call_question_add": ("?kind=table&section=kinds", "?kind=choices&section=kinds"),
    "admin:applications_call_question_change": ("", "?kind=table"),
    "admin:applications_call_changelist": ("", "?q=nothing-like-it"),
    "admin:applications_application_changelist": ("", "?q=nothing-like-it"),
    "admin:practices_practice_changelist": ("", "?q=nothing-like-it", "?likely_duplicate=yes"),
}


def intake() -> list[str]:
    """The names of all addresses of the intake: the rooms' own and those of the admin.

    The admin has addresses without a name, from which it leads on to those that have one.
    """
    named = [(name, path) for name, path in addresses() if not name.endswith(":")]
    return [name for name, path in named if name.split(":")[0] in PEOPLE and not _is_elsewhere(path)]


def _is_elsewhere(path: str) -> bool:
    return path.startswith("admin/") and not path.startswith(ADMIN)


def pages() -> list[str]:
    return [name for name in intake() if name not in NO_PAGES]


# --- What stands behind them -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Intake:
    """People by their part, and the arguments of every address."""

    people: dict[str, User | None]
    ours: Objects
    # The beginning of an admin page's name -> the key of its row, 0 where there is none; the longest that fits counts.
    rows: dict[str, int]
    # The query of an address whose row is known only here.
    queries: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def paths(self, name: str) -> list[str]:
        """Where the page stands; none where this intake has nothing for it.

        Raises:
            LookupError: it needs an object, and nobody made one.
        """
        if name.startswith("admin:"):
            path = self._of_admin(name)
            return [path + query for query in self.queries.get(name) or QUERIES.get(name, ("",))] if path else []
        return [reverse(name, kwargs=self.ours[name])] if name in self.ours else []

    def _of_admin(self, name: str) -> str:
        page = name.removeprefix("admin:")
        path = dict(addresses())[name]
        fitting = [prefix for prefix in self.rows if page.startswith(prefix)]
        values: dict[str, object] = {}
        if "<int:pk>" in path or "<path:object_id>" in path:
            key = self.rows[max(fitting, key=len)]
            if not key:
                return ""
            values["pk" if "<int:pk>" in path else "object_id"] = key
        if "<int:export>" in path:
            if not self.rows["applications_export"]:
                return ""
            values["export"] = self.rows["applications_export"]
        if "<slug:code>" in path:
            values["code"] = "physician" if "eligibility" in page else "people" if "question" in page else "kinds"
        if "<slug:kind>" in path:
            values["kind"] = "yaml"
        return reverse(name, kwargs=values)


def _people(cast: Cast, **others: User) -> dict[str, User | None]:
    """Staff have a second factor; asking for it has tests of its own."""
    Authenticator.objects.create(user=cast.staff, type=Authenticator.Type.TOTP, data={})
    return {"nobody": None, "leader": cast.leader, "colleague": cast.colleague, "staff": cast.staff} | others


def _call(cast: Cast, code: str, form: list[dict]) -> Call:
    cohort = make_cohort(cast.program, code, title=f"The call {code}")
    make_milestone(cohort, "opening", MilestoneKind.OPENING, date(2024, 6, 1))
    make_milestone(cohort, "deadline", MilestoneKind.DEADLINE, date(2024, 8, 15), DueFrom.LEADER)
    return applications.open_call(cohort, form=load_form("every-kind", "Application", form))


def _link(row: object) -> dict[str, object]:
    return {"public_id": row.public_id, "token": links.token(type(row).PURPOSE, row.pk, row.generation)}


def _file(name: str) -> object:
    return check(SimpleUploadedFile(name, b"words"))


def with_nothing() -> Intake:
    """A call to which one team has begun to apply and typed nothing yet; a sponsor and a member who have just been asked."""
    cast, leader = build_cast(), make_user("Nadia New")
    call, practice = _call(cast, "bare-call", FORM), make_practice("Bare Practice")
    draft = applications.start_application(call, practice=practice, team_name="Bare team", leader=leader, by=leader)
    of_draft, of_practice, of_team = ({"public_id": one.public_id} for one in (draft, practice, draft.enrollment.team))
    ours: Objects = {
        "calls:list": {},
        "applications:list": {},
        **{f"calls:{page}": {"code": "bare-call"} for page in ("detail", "start")},
        **{f"applications:{page}": of_draft for page in ("detail", "practice", "team", "sponsor", "check", "withdraw")},
        "applications:section": of_draft | {"code": "kinds"},
        **{f"practices:{page}": of_practice for page in ("practice", "change", "add_site")},
        **{f"practices:{page}": of_team for page in ("team", "sponsor")},
        **_just_asked(cast, call),
    }
    rows = {
        "applications_call": call.pk,
        "applications_application": draft.pk,
        "practices_practice": practice.pk,
        "practices_team": draft.enrollment.team_id,
        "practices_invitation": Invitation.objects.get().pk,
        **dict.fromkeys(("applications_call_eligibility_change", "applications_call_eligibility_remove"), 0),
        **dict.fromkeys(
            (
                *("practices_site", "practices_affiliation", "practices_practice_merge", "practices_practice_apart"),
                "applications_export",
            ),
            0,
        ),
    }
    return Intake(_people(cast, leader=leader), ours, rows)


def _just_asked(cast: Cast, call: Call) -> Objects:
    """Links that nobody has opened yet, from the team of the cast's stranger."""
    by = cast.stranger
    draft = applications.start_application(
        call, practice=cast.other_team.practice, team_name="Asking team", leader=by, by=by
    )
    practices.add_member(draft.enrollment.team, cast.colleague, MemberRole.CORE, by=by)
    applications.edit_sponsor(draft, name="Sam Sponsor", email="sam@test.example", position="CMO", by=by)
    letter = applications.ask_for_letter(draft, by=by)
    applications.ask_to_attend(draft, by=by)
    invitation = practices.invite(draft.enrollment.team, email="new@test.example", role=MemberRole.CORE, by=by)
    return {
        "letters:letter": _link(letter),
        "attendance:word": _link(AttendanceCommitment.objects.get(member__user=cast.colleague)),
        "practices:invitation": _link(invitation),
    }


def with_everything() -> Intake:
    """Everything answered, sent, returned, noted, asked for and given; a form being changed; practices that look alike."""
    cast = build_cast()
    call, _ = (_call(cast, code, FORM) for code in ("open-call", "second-open-call"))
    ours = build_intake(cast)
    draft = Application.objects.get(public_id=ours["applications:detail"]["public_id"])
    sent = Application.objects.get(public_id=ours["applications:receipt"]["public_id"])
    _answer_everything(draft, cast)
    ours |= {
        "calls:list": {},
        "applications:list": {},
        "applications:section": ours["applications:section"] | {"code": "kinds"},
    }
    _work_of_staff(call, sent, cast)
    alike = practices.create_practice(name=f"The {cast.practice.name}", city=cast.practice.city, by=cast.stranger)
    other = practices.create_practice(name=f"{cast.practice.name}, Inc.", city=cast.practice.city, by=cast.stranger)
    practices.tell_apart(cast.practice, other, reason="Two houses.", by=cast.staff)
    rows = {
        "applications_call": call.pk,
        "applications_call_eligibility": EligibilityQuestion.objects.get().call_id,
        "applications_application": sent.pk,
        "applications_export": applications.ask_for_export(call, part=Part.ALL, form=Format.CSV, by=cast.staff).pk,
        "practices_practice": cast.practice.pk,
        "practices_site": cast.practice.sites.get().pk,
        "practices_team": cast.team.pk,
        "practices_invitation": Invitation.objects.first().pk,
        "practices_affiliation": Affiliation.objects.first().pk,
    }
    queries = {f"admin:practices_practice_{page}": (f"?with={alike.pk}",) for page in ("merge", "apart")}
    return Intake(_people(cast), ours, rows, queries)


def _answer_everything(draft: Application, cast: Cast) -> None:
    form = draft.response.form
    keys = dict(Question.objects.filter(section__form=form).values_list("code", "pk"))
    words = {keys[code]: answer for code, answer in ANSWERS.items()}
    applications.answer(draft, words | {keys["chart-two"]: _file("chart.txt")}, by=cast.colleague)


def _work_of_staff(call: Call, sent: Application, cast: Cast) -> None:
    by = cast.staff
    applications.screen(sent, verdict="question", text="Which site?", by=by)
    applications.write_note(sent, text="Called the leader.", by=by)
    edition = applications.edition_to_edit(call, by=by)
    further = {"code": "more", "kind": "short_text", "text": "What else?", "required": "never"}
    put_question(edition, "kinds", further, by=by)
    applications.rehearse(call, by=by)
