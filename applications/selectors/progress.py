"""How far applications are: for many at once, with as many queries for ten thousand as for ten.

What was submitted had no gaps, so only drafts are looked into. Rows are read as plain values: ten thousand instances of an
application with its team and practice take longer to build than all that is asked here. Which questions are answered is one
number an application, with a bit for each question; its answers, ten times as many rows, stay where they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, Case, Count, Max, Q, QuerySet, Sum, Value, When

from accounts.models import Membership, Profession
from applications.models import Application, ApplicationState, AttendanceCommitment, Call, Letter
from applications.requirements import Rules
from applications.selectors.attendance import dates_of
from applications.selectors.missing import PRACTICE_FACTS, rules_of
from documents.models import ScanState
from practices.models import CORE_ROLES, Member, MemberRole, Sponsor
from questionnaires import rules as asking
from questionnaires.models import Answer, Condition, Question, QuestionKind, Required

# The steps that every application has beside the sections of its form, in the order of its task list.
PRACTICE, TEAM, SPONSOR, LETTER, ATTENDANCE = "practice", "team", "sponsor", "letter", "attendance"
# What is answered, but with too many words, too few rows or an empty cell. The dot keeps it apart from a section's code.
LIMITS = "answers.limits"
OWN = (PRACTICE, TEAM, SPONSOR, LETTER, ATTENDANCE, LIMITS)
COLUMNS = ("pk", "call_id", "response_id", "response__form_id", "enrollment__team_id", "created_at")
FACTS = (*PRACTICE_FACTS, "country")
# A sum of bits has to fit into a signed 64-bit number.
BITS = 60


@dataclass(frozen=True)
class Step:
    """One part of the task list of a call: its code (a section's is its own) and its title."""

    code: str
    title: str


class Progress(NamedTuple):
    """How far a draft is. ``missing`` holds the steps that are not done, in their order. A tuple: there are ten thousand."""

    steps: tuple[Step, ...]
    missing: tuple[Step, ...]
    changed_at: datetime

    @property
    def done(self) -> int:
        return len(self.steps) - len(self.missing)


@dataclass(frozen=True)
class Asked:
    """A form: its questions in order, which section each is of, what hangs on what, and which have to be answered.

    ``has_limits``: an answer can have too many words, too few rows or an empty cell.
    """

    order: tuple[int, ...]
    sections: dict[str, str]
    section_of: dict[int, str]
    needs: dict[int, list[asking.Need]]
    required: frozenset[int]
    has_limits: bool

    def missing(self, answered: set[int], values: dict[int, asking.Json]) -> frozenset[str]:
        """The sections in which something is asked, has to be answered, and is not."""
        wanted = self.required - answered
        if self.needs and wanted:
            wanted &= asking.asked(self.order, self.needs, values)
        return frozenset(self.section_of[key] for key in wanted)

    def is_over(self, unfinished: set[int], values: dict[int, asking.Json]) -> bool:
        """Whether one of these is asked, so that it has to be put right."""
        if self.needs and unfinished:
            return bool(unfinished & asking.asked(self.order, self.needs, values))
        return not unfinished.isdisjoint(self.order)


@dataclass
class _Facts:
    """What was read of all drafts at once, by their keys."""

    rules: dict[int, Rules] = field(default_factory=dict)
    dates: dict[int, str] = field(default_factory=dict)
    forms: dict[int, Asked] = field(default_factory=dict)
    questions: list[int] = field(default_factory=list)
    answered: dict[int, tuple[int, ...]] = field(default_factory=dict)
    unfinished: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    values: dict[int, dict[int, asking.Json]] = field(default_factory=lambda: defaultdict(dict))
    changed: dict[int, datetime] = field(default_factory=dict)
    people: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    sponsored: set[int] = field(default_factory=set)
    lettered: set[int] = field(default_factory=set)
    words: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    undone: dict[object, frozenset[str]] = field(default_factory=dict)
    missing: dict[object, tuple[Step, ...]] = field(default_factory=dict)
    steps: dict[tuple[int, int], tuple[Step, ...]] = field(default_factory=dict)

    def steps_of(self, call: int, form: int) -> tuple[Step, ...]:
        if (call, form) not in self.steps:
            self.steps[call, form] = _steps(self.rules[call], self.forms[form])
        return self.steps[call, form]

    def missing_of(self, call: int, form: int, is_done: tuple[bool, ...], undone: frozenset[str]) -> tuple[Step, ...]:
        """The steps that are not done; ``is_done`` in the order of ``OWN``. As above, each way once."""
        key = (call, form, is_done, undone)
        if key not in self.missing:
            own = dict(zip(OWN, is_done, strict=True))
            steps = self.steps_of(call, form)
            self.missing[key] = tuple(step for step in steps if not own.get(step.code, step.code not in undone))
        return self.missing[key]

    def undone_sections(self, response: int, form: int) -> frozenset[str]:
        """Most applications stand like many others: each way is looked into once."""
        bits, values = self.answered.get(response, ()), self.values.get(response, {})
        key = (form, bits, repr(values))
        if key not in self.undone:
            answered = {question for at, question in enumerate(self.questions) if _has_bit(bits, at)}
            self.undone[key] = self.forms[form].missing(answered, values)
        return self.undone[key]

    def is_over(self, response: int, form: int) -> bool:
        unfinished = self.unfinished.get(response)
        return bool(unfinished) and self.forms[form].is_over(unfinished, self.values.get(response, {}))


def _has_bit(bits: Sequence[int], at: int) -> bool:
    return bool(bits) and bool(bits[at // BITS] >> at % BITS & 1)


def progress_of(applications: QuerySet[Application]) -> dict[int, Progress]:
    """How far each draft among ``applications`` is, by its key. About eleven queries, and two more for each call among them."""
    drafts = applications.filter(state=ApplicationState.DRAFT).order_by()
    rows = list(drafts.values_list(*COLUMNS, *(f"enrollment__team__practice__{name}" for name in FACTS)))
    if not rows:
        return {}
    found = _read(drafts, rows)
    return {row[0]: _progress(row, found) for row in rows}


def steps_of(call: Call) -> tuple[Step, ...]:
    """The steps of a call, as its applicants' task list has them, and that what is answered keeps its limits."""
    return _steps(rules_of(call.cohort), forms_of({call.form_id})[call.form_id])


def forms_of(keys: Iterable[int]) -> dict[int, Asked]:
    """Forms by their keys; two queries for all."""
    needs: dict[int, list[asking.Need]] = defaultdict(list)
    for row in Condition.objects.filter(question__section__form__in=keys):
        needs[row.question_id].append(asking.Need(row.depends_on_id, tuple(row.values)))
    questions = Question.objects.filter(section__form__in=keys).order_by("section__position", "position")
    columns = ("pk", "section__form_id", "section__code", "section__title", "required", "kind", "max_words")
    rows = defaultdict(list)
    limited = set()
    for key, form, code, title, required, kind, max_words in questions.values_list(*columns):
        rows[form].append((key, code, title, required))
        if kind == QuestionKind.TABLE or max_words is not None:
            limited.add(form)
    return {
        form: Asked(
            order=tuple(key for key, *_ in rows[form]),
            sections={code: title for _, code, title, _ in rows[form]},
            section_of={key: code for key, code, *_ in rows[form]},
            needs={key: needs[key] for key, *_ in rows[form] if key in needs},
            required=frozenset(key for key, *_, required in rows[form] if required != Required.NEVER),
            has_limits=form in limited,
        )
        for form in keys
    }


def _read(drafts: QuerySet[Application], rows: Sequence[tuple]) -> _Facts:
    """By subqueries: a list of ten thousand keys takes longer to write down than the database needs for the answer."""
    keys, responses, teams = (drafts.values(name) for name in ("pk", "response", "enrollment__team"))
    found = _Facts(forms=forms_of({row[3] for row in rows}))
    for call in (
        Call.objects.filter(pk__in={row[1] for row in rows})
        .select_related("cohort__program")
        .prefetch_related("cohort__milestones")
    ):
        found.rules[call.pk], found.dates[call.pk] = rules_of(call.cohort), dates_of(call.cohort)
    _read_answers(found, Answer.objects.filter(response__in=responses).order_by())
    _read_people(found, teams)
    done = Letter.objects.filter(application__in=keys, done_at__isnull=False, ended_at=None)
    found.lettered = set(done.values_list("application_id", flat=True))
    of_team = {row[0]: row[4] for row in rows}
    given = AttendanceCommitment.objects.filter(
        application__in=keys, confirmed_at__isnull=False, member__left_on=None, member__role__in=CORE_ROLES
    )
    for application, dates, team in given.values_list("application_id", "dates", "member__team_id"):
        if team == of_team.get(application):
            found.words[application].append(dates)
    return found


def _read_answers(found: _Facts, answers: QuerySet[Answer]) -> None:
    """Which required questions are answered, when anything was last, and which answers do not keep their limits.

    The values are read of those alone on which others hang.
    """
    found.questions = sorted({key for form in found.forms.values() for key in form.required})
    bits = {
        f"bits_{start}": _bits(found.questions[start : start + BITS]) for start in range(0, len(found.questions), BITS)
    }
    for response, at, *sums in answers.values_list("response_id").annotate(at=Max("saved_at"), **bits):
        found.changed[response], found.answered[response] = at, tuple(sums)
    for response, question in answers.filter(is_unfinished=True).values_list("response_id", "question_id"):
        found.unfinished[response].add(question)
    hinges = {need.depends_on for form in found.forms.values() for needs in form.needs.values() for need in needs}
    values = answers.filter(question__in=hinges).values_list("response_id", "question_id", "value")
    for response, question, value in values if hinges else ():
        found.values[response][question] = value


def _bits(questions: Sequence[int]) -> Sum:
    """A response answers a question once, so the sum has each bit once. What the scanner refused is no answer."""
    is_answer = Q(value__isnull=False) & (Q(file=None) | ~Q(file__scan_state=ScanState.REFUSED))
    of_each = Case(
        *(When(question=question, then=Value(1 << at)) for at, question in enumerate(questions)),
        default=Value(0),
        output_field=BigIntegerField(),
    )
    return Sum(Case(When(is_answer, then=of_each), default=Value(0), output_field=BigIntegerField()))


def _read_people(found: _Facts, teams: QuerySet) -> None:
    leads = Q(role=MemberRole.LEADER)
    member = leads & Q(user__asco_membership__in=[Membership.MEMBER, Membership.FELLOW])
    people = Member.objects.current().filter(team__in=teams).order_by().values("team_id")
    counted = people.annotate(
        core=Count("pk", filter=Q(role__in=CORE_ROLES)),
        physicians=Count("pk", filter=leads & Q(user__profession=Profession.PHYSICIAN)),
        members=Count("pk", filter=member),
        numbered=Count("pk", filter=leads & ~Q(user__asco_member_number="")),
    )
    columns = ("team_id", "core", "physicians", "members", "numbered")
    found.people = {team: tuple(counts) for team, *counts in counted.values_list(*columns)}
    found.sponsored = set(Sponsor.objects.filter(until_on=None, team__in=teams).values_list("team_id", flat=True))


def _progress(row: tuple, found: _Facts) -> Progress:
    pk, call, response, form, team, created_at, *facts = row
    rules = found.rules[call]
    core, physicians, members, numbered = found.people.get(team, (0, 0, 0, 0))
    country = facts.pop()
    words = found.words.get(pk)
    given = sum(dates in ("", found.dates[call]) for dates in words) if words else 0
    is_done = (
        None not in facts and "" not in facts and (not rules.countries or str(country) in rules.countries),
        rules.core_min <= core <= rules.core_max
        and (not rules.leader_is_physician or physicians > 0)
        and (not rules.leader_is_member or (members > 0 and numbered > 0)),
        team in found.sponsored,
        pk in found.lettered,
        given >= core,
        not found.is_over(response, form),
    )
    missing = found.missing_of(call, form, is_done, found.undone_sections(response, form))
    return Progress(found.steps_of(call, form), missing, max(created_at, found.changed.get(response, created_at)))


def _steps(rules: Rules, form: Asked) -> tuple[Step, ...]:
    """A section whose code is that of another step is that other step's: its people meet one page of that name."""
    first = [Step(PRACTICE, "Practice"), Step(TEAM, "Team")]
    first += [Step(SPONSOR, "Sponsor")] if rules.needs_sponsor else []
    first += [Step(LETTER, "Letter of support")] if rules.needs_letter else []
    sections = [Step(code, title) for code, title in form.sections.items()]
    last = [Step(LIMITS, "Answers within their limits (words, rows of tables)")] if form.has_limits else []
    last += [Step(ATTENDANCE, "Attendance of all sessions")] if rules.needs_attendance else []
    return (*first, *sections, *last)
