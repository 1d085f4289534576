"""The applications of a call as a table: one row an application, and a codebook that says what each column is.

What was submitted is told from the sealed copy in force, a draft from the tables as they stand.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Membership, Profession
from applications.models import Application, ApplicationState, Call, EligibilityQuestion, Letter, Part
from applications.selectors import removal_words, statements_of
from applications.selectors.funnel import RECEIVED
from applications.selectors.letters import LetterState, letter_state, was_handled
from core import wording
from core.exports import Cell, Column
from practices.models import CORE_ROLES, FACTS, Member, MemberRole, Practice, Rurality, Setting, Sponsor
from programs.models import Extension, Standing
from questionnaires.models import Answer, Question, QuestionKind
from questionnaires.rules import Json
from questionnaires.selectors import in_words

# So many applications are held in memory at a time.
AT_ONCE = 500
CODES = {
    "setting": dict(Setting.choices),
    "rurality": dict(Rurality.choices),
    "profession": dict(Profession.choices),
    "asco_membership": dict(Membership.choices),
}
LETTERS = {
    LetterState.ASKED: "Asked for",
    LetterState.STARTED: "Opened by the sponsor",
    LetterState.DECLINED: "Declined by the sponsor",
    LetterState.DONE: "Done",
}
TEAM = {
    "team": "Name of the team",
    "leader": "Name of the team leader",
    "leader_email": "E-mail of the team leader",
    "leader_profession": "Profession of the team leader",
    "leader_membership": "ASCO membership that the leader states",
    "leader_member_number": "ASCO member number that the leader states",
    "leader_membership_confirmed": "Whether staff have confirmed the leader's membership",
    "core_team": "Names of the core team, the leader among them",
    "core_team_size": "How many people the core team has",
    "larger_team_size": "How many people the larger team has",
    "sponsor": "Name of the sponsor",
    "sponsor_email": "E-mail of the sponsor",
    "sponsor_position": "Position of the sponsor",
    "letter": "How the letter of support stands",
    "letter_way": "How the letter came to be",
    "letter_handled_by_applicant": "Whether the link or the letter went through the applicants' hands",
    "letter_confirmed": "Whether staff made sure that the letter is the sponsor's",
    "sessions_confirmed": "How many of the core team have confirmed to attend all sessions",
}
STATE = {
    "application": "Number of the application in addresses",
    "state": "How the application stands",
    "started_utc": "When it was started, in UTC",
    "arrived_utc": "When it arrived, in UTC",
    "arrived_local": "When it arrived, by the clock of the call's zone",
    "zone": "The zone of the call",
    "deadline_utc": "The deadline that holds for it, more time that it was given included, in UTC",
    "deadline_local": "The same by the clock of the call's zone",
    "late": "Whether it arrived after the deadline",
    "submissions": "How often it was sealed, corrections among them",
    "open_corrections": "How many parts are returned for changes and not settled",
    "verdict": "Verdict of the screening",
    "verdict_reasons": "Eligibility statements that are not met",
    "verdict_text": "What the screening says in words",
    "decided_utc": "When it was decided, in UTC",
    "removed": "Whether something was taken out of the sealed copy later",
}


# The column of a question, by the codes of its section and its own; and the question as one edition asks it.
Asked = tuple[tuple[str, str], Question]


@dataclass(frozen=True)
class Shape:
    """What the columns and rows of a call's table are made from."""

    call: Call
    part: Part
    questions: dict[tuple[str, str], Question]
    asked: dict[int, Asked]
    eligibility: list[EligibilityQuestion]
    statements: dict[str, str]

    @property
    def columns(self) -> list[Column]:
        """State, practice, team, then what was asked before the application, then its questions in the form's order."""
        facts = {f"practice_{name}": str(Practice._meta.get_field(name).verbose_name).capitalize() for name in FACTS}
        return [
            *(Column(code, label, source="application") for code, label in STATE.items()),
            *(Column(code, label, source="practice") for code, label in facts.items()),
            *(Column(code, label, source="team") for code, label in TEAM.items()),
            *(
                Column(f"eligibility.{one.code}", one.text, "choice", _listed(one.choices), "eligibility")
                for one in self.eligibility
            ),
            *(
                Column(f"{section}.{code}", one.text, one.kind, _listed(one.choices) or one.unit, one.section.title)
                for (section, code), one in self.questions.items()
            ),
        ]


def _listed(choices: Sequence[dict]) -> str:
    return " | ".join(f"{one['code']}={one['label']}" for one in choices)


def shape_of(call: Call, part: Part) -> Shape:
    """The questions of every edition of the form on which somebody answered, the newest last, each code once."""
    questions: dict[tuple[str, str], Question] = {}
    asked: dict[int, Asked] = {}
    used = Q(section__form__responses__application__call=call) | Q(section__form=call.form_id)
    rows = Question.objects.filter(used).distinct().select_related("section__form")
    for one in rows.order_by("section__form__number", "section__position", "position"):
        key = one.section.code, one.code
        questions[key], asked[one.pk] = one, (key, one)
    order = {key: (one.section.position, one.position) for key, one in questions.items()}
    return Shape(
        call=call,
        part=part,
        questions={key: questions[key] for key in sorted(questions, key=lambda key: (order[key], key))},
        asked=asked,
        eligibility=list(call.eligibility_questions.order_by("position")),
        statements={one.code: one.text for one in statements_of(call.cohort)},
    )


def applications_in(call: Call, part: Part) -> QuerySet[Application]:
    """The applications that have a row, without an order."""
    states = {Part.RECEIVED: RECEIVED, Part.DRAFTS: (ApplicationState.DRAFT,)}
    found = Application.objects.filter(call=call)
    return found.filter(state__in=states[part]) if part in states else found


def rows_of(shape: Shape) -> Iterator[list[Cell]]:
    """A row an application, in the order in which they were begun; ``AT_ONCE`` of them are in memory."""
    found, last = applications_in(shape.call, shape.part).order_by("pk"), 0
    while keys := list(found.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        yield from _chunk(shape, Application.objects.filter(pk__in=keys).order_by("pk"))
        last = keys[-1]


def _chunk(shape: Shape, applications: QuerySet[Application]) -> Iterator[list[Cell]]:
    current = Member.objects.current().select_related("user")
    named = Prefetch("enrollment__team__members", current, to_attr="people")
    sponsors = Prefetch("enrollment__team__sponsors", Sponsor.objects.filter(until_on=None), to_attr="present_sponsors")
    letters = Prefetch("letters", Letter.objects.filter(ended_at=None).select_related("sponsor"), to_attr="alive")
    extensions = Extension.objects.filter(milestone=shape.call.deadline_id).order_by("granted_at", "pk")
    longer = Prefetch("enrollment__extensions", extensions, to_attr="longer")
    counted = applications.annotate(
        n_submissions=Count("submissions", distinct=True),
        n_open=Count("corrections", filter=Q(corrections__settled_at=None), distinct=True),
        n_words=Count(
            "commitments",
            filter=Q(commitments__confirmed_at__isnull=False, commitments__member__left_on=None),
            distinct=True,
        ),
    )
    rows = counted.select_related("enrollment__team__practice", "submission", "screening").prefetch_related(
        named, sponsors, letters, longer, "eligibility_answers"
    )
    drafted = [row.response_id for row in rows if row.state not in RECEIVED]
    answers: dict[int, list[tuple[int, Json]]] = defaultdict(list)
    given = Answer.objects.filter(response__in=drafted, question__in=shape.asked)
    for response, question, value in given.values_list("response_id", "question_id", "value"):
        answers[response].append((question, value))
    for row in rows:
        yield [*_state(row, shape), *_team(row), *_said(row, shape), *_answers(row, shape, answers[row.response_id])]


def _sealed(row: Application) -> dict:
    """The copy that counts, of what was received; of anything else an empty one."""
    return row.submission.sealed if row.submission and row.state in RECEIVED else {}


def _state(row: Application, shape: Shape) -> list[Cell]:
    zone: ZoneInfo = shape.call.deadline.zone
    longer = row.enrollment.longer
    deadline = longer[-1].ends_at if longer else shape.call.deadline.ends_at
    submission = row.submission if row.state in RECEIVED else None
    screening = getattr(row, "screening", None)
    reasons = [shape.statements.get(code, code) for code in screening.reasons] if screening else []
    sealed = _sealed(row)
    practice = sealed.get("practice") or {name: getattr(row.enrollment.team.practice, name) for name in FACTS}
    return [
        str(row.public_id),
        row.get_state_display(),
        row.created_at.astimezone(UTC),
        submission and submission.arrived_at.astimezone(UTC),
        submission and submission.arrived_at.astimezone(zone),
        f"{zone.key} ({wording.zone_name(zone)})",
        deadline.astimezone(UTC),
        deadline.astimezone(zone),
        submission and submission.standing == Standing.LATE,
        row.n_submissions,
        row.n_open if row.state == ApplicationState.SUBMITTED else 0,
        screening and screening.get_verdict_display(),
        "; ".join(reasons),
        screening and screening.text,
        row.decided_at and row.decided_at.astimezone(UTC),
        removal_words(row) if submission else "",
        *(_words(name, practice.get(name)) for name in FACTS),
    ]


def _words(name: str, value: object) -> Cell:
    if value is None or isinstance(value, int | float):
        return value
    return CODES.get(name, {}).get(value, str(value))


def _team(row: Application) -> list[Cell]:
    team, sealed = row.enrollment.team, _sealed(row)
    members = sealed.get("team", {}).get("members") or [_person(one) for one in team.people]
    core = [one for one in members if one["role"] in CORE_ROLES]
    leader = next((one for one in members if one["role"] == MemberRole.LEADER), {})
    sponsor = sealed.get("sponsor") or next(
        ({"name": one.name, "email": one.email, "position": one.position} for one in team.present_sponsors), {}
    )
    present = next((one.user for one in team.people if one.role == MemberRole.LEADER), None)
    is_same = present is not None and present.asco_member_number == leader.get("asco_member_number")
    return [
        team.name,
        leader.get("name"),
        leader.get("email"),
        _words("profession", leader.get("profession")),
        _words("asco_membership", leader.get("asco_membership")),
        leader.get("asco_member_number"),
        bool(is_same and present.membership_confirmed_at),
        "; ".join(one["name"] for one in core),
        len(core),
        len(members) - len(core),
        sponsor.get("name"),
        sponsor.get("email"),
        sponsor.get("position"),
        *_letter(row.alive),
        row.n_words,
    ]


def _person(member: Member) -> dict[str, str]:
    user = member.user
    return {
        "name": user.name,
        "email": user.email,
        "role": member.role,
        "profession": user.profession,
        "asco_membership": user.asco_membership,
        "asco_member_number": user.asco_member_number,
    }


def _letter(letters: Sequence[Letter]) -> list[Cell]:
    """The newest that is done, or else the newest that was asked for: its state, way, whether it was handled, confirmed."""
    known = [(letter_state(one), one) for one in letters]
    alive = [pair for pair in known if pair[0] in LETTERS]
    best = next((pair for pair in reversed(alive) if pair[0] is LetterState.DONE), alive[-1] if alive else None)
    if best is None:
        return ["Not asked for", None, None, None]
    state, letter = best
    return [LETTERS[state], letter.get_way_display(), was_handled(letter), letter.confirmed_at is not None]


def _said(row: Application, shape: Shape) -> list[Cell]:
    given = {one.question_id: one.choice for one in row.eligibility_answers.all()}
    labels = [{choice["code"]: choice["label"] for choice in one.choices} for one in shape.eligibility]
    return [
        names.get(given.get(one.pk), given.get(one.pk)) for one, names in zip(shape.eligibility, labels, strict=True)
    ]


def _answers(row: Application, shape: Shape, present: Sequence[tuple[int, Json]]) -> list[Cell]:
    """In words; a number as a number, its unit stands in the codebook."""
    if row.state in RECEIVED and row.submission:
        found = {
            (section["code"], item["code"]): item["value"] if item["kind"] == QuestionKind.NUMBER else item["words"]
            for section in row.submission.sealed.get("sections", [])
            for item in section["questions"]
        }
    else:
        found = {}
        for pk, value in present:
            key, question = shape.asked[pk]
            found[key] = value if question.kind == QuestionKind.NUMBER else in_words(question, value)
    return [found.get(key) for key in shape.questions]
