"""One application as staff have it on their desk."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from applications.models import Application, EligibilityAnswer, Letter, Note, Screening, Verdict
from applications.selectors.differences import Difference, changed_by
from applications.selectors.duplicates import Similar, similar_to
from applications.selectors.missing import Gap, gaps
from applications.selectors.returned import Returned, part_of, returned
from applications.selectors.undelivered import Undelivered, undelivered
from core.selectors import history, people_in
from practices.models import Member
from practices.selectors import leader_of
from programs.models import Cohort


@dataclass(frozen=True)
class Statement:
    """One of the program's eligibility statements."""

    code: str
    text: str


@dataclass(frozen=True)
class PastVerdict:
    """One act of screening, from the audit trail. ``reasons`` are statements in words, or codes that are no longer known."""

    at: datetime
    who: str
    verdict: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class AskedBack:
    """A returned part, and what its people changed for it; None before they answered."""

    returned: Returned
    differences: list[Difference] | None


@dataclass(frozen=True)
class Said:
    """What somebody said to an eligibility question."""

    text: str
    choice: str
    fits: bool


@dataclass(frozen=True)
class Desk:
    """Everything beside the application itself that its page in the admin shows."""

    leader: Member | None
    screening: Screening | None
    reasons: list[str]
    is_outdated: bool
    verdicts: list[PastVerdict]
    asked_back: list[AskedBack]
    letters: list[Letter]
    undelivered: list[tuple[str, Undelivered]]
    said: list[Said]
    similar: list[Similar]
    notes: list[Note]


def statements_of(cohort: Cohort) -> list[Statement]:
    """Who may apply, as the program's file says it; the reasons of a screening are codes from here."""
    facts = cohort.program.definition.get("program", {})
    return [Statement(one["code"], one["text"]) for one in facts.get("eligibility", [])]


def desk_of(application: Application) -> Desk:
    """The same number of queries whatever there is of each."""
    screening = Screening.objects.filter(application=application).select_related("screened_by").first()
    words = {one.code: one.text for one in statements_of(application.call.cohort)}
    submission = application.submission
    letters = list(
        application.letters.select_related("sponsor", "file", "confirmed_by", "link_copied_by", "uploaded_by")
    )
    return Desk(
        leader=leader_of(application.enrollment.team),
        screening=screening,
        reasons=[words.get(code, code) for code in screening.reasons] if screening else [],
        is_outdated=bool(screening and submission and screening.screened_at < submission.sealed_at),
        verdicts=_verdicts(screening, words) if screening else [],
        asked_back=_asked_back(application),
        letters=letters,
        undelivered=_undelivered(application, letters),
        said=said_by(application),
        similar=similar_to(application),
        notes=list(application.notes.select_related("written_by")),
    )


def _undelivered(application: Application, letters: list[Letter]) -> list[tuple[str, Undelivered]]:
    """Who was asked for a letter or for their word, and could not be reached by the last mail."""
    waiting = [letter for letter in letters if letter.done_at is None and letter.ended_at is None]
    commitments = list(application.commitments.filter(confirmed_at=None).select_related("member__user"))
    of_letters, of_words = undelivered(waiting), undelivered(commitments)
    return [(one.sponsor.name, of_letters[one.pk]) for one in waiting if one.pk in of_letters] + [
        (one.member.user.name, of_words[one.pk]) for one in commitments if one.pk in of_words
    ]


def _verdicts(screening: Screening, words: dict[str, str]) -> list[PastVerdict]:
    entries = list(history({Screening: [screening.pk]}).filter(to_state__in=Verdict.values))
    names = dict(User.objects.filter(pk__in=people_in(entries)).values_list("pk", "name"))
    return [
        PastVerdict(
            entry.at,
            names.get(entry.actor_id, ""),
            Verdict(entry.to_state).label,
            tuple(words.get(code, code) for code in entry.fields),
        )
        for entry in entries
    ]


def _asked_back(application: Application) -> list[AskedBack]:
    found = returned(application)
    if not found:
        return []
    submissions = list(application.submissions.order_by("number"))
    return [AskedBack(one, changed_by(one.correction, submissions)) for one in reversed(found)]


def said_by(application: Application) -> list[Said]:
    """The eligibility answers in the order of their questions; one query."""
    rows = EligibilityAnswer.objects.filter(application=application).select_related("question")
    return [_said(row) for row in rows.order_by("question__position")]


def _said(row: EligibilityAnswer) -> Said:
    choice = next((one for one in row.question.choices if one["code"] == row.choice), None)
    return Said(row.question.text, choice["label"] if choice else row.choice, bool(choice and choice["fits"]))


def gaps_in_part(application: Application, code: str) -> list[Gap]:
    """What is missing on the page of one part."""
    part = part_of(application, code)
    return [gap for gap in gaps(application) if part and gap.url.partition("#")[0] == part.url]
