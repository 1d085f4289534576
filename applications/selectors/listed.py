"""What the staff's list of applications shows of each row: how far it is, its letter, and what was returned."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from applications.models import Application, ApplicationState, Correction, Letter, Verdict
from applications.selectors.intake import without_texts
from applications.selectors.letters import LetterState, letter_state, was_handled
from applications.selectors.progress import Progress, progress_of

VERDICTS = tuple(Verdict.choices)


@dataclass(frozen=True)
class Listed:
    """``letter`` is empty where none was asked for; ``progress`` is None of what is no draft."""

    progress: Progress | None
    letter: str
    returned: str


def for_list(applications: QuerySet[Application]) -> QuerySet[Application]:
    """With what a list shows of each."""
    return without_texts(applications)


def listed(applications: Sequence[Application]) -> dict[int, Listed]:
    """For one page of the list; as many queries for fifty rows as for one."""
    keys = [one.pk for one in applications]
    progress = progress_of(Application.objects.filter(pk__in=keys))
    letters = _letters(keys)
    returned = _returned(keys)
    return {key: Listed(progress.get(key), letters.get(key, ""), returned.get(key, "")) for key in keys}


def _letters(keys: Sequence[int]) -> dict[int, str]:
    """The best letter of each: done before opened before asked for."""
    words = {
        LetterState.DECLINED: "Declined",
        LetterState.ASKED: "Asked",
        LetterState.STARTED: "Opened",
        LetterState.DONE: "Done",
    }
    ranks = list(words)
    found: dict[int, tuple[int, str]] = {}
    rows = Letter.objects.filter(application__in=keys, ended_at=None).select_related("sponsor").defer("text", "draft")
    for letter in rows:
        state = letter_state(letter)
        if state not in words:
            continue
        to_confirm = state is LetterState.DONE and was_handled(letter) and letter.confirmed_at is None
        said = (ranks.index(state), words[state] + (", to be confirmed" if to_confirm else ""))
        found[letter.application_id] = max(found.get(letter.application_id, said), said)
    return {key: words for key, (_, words) in found.items()}


def _returned(keys: Sequence[int]) -> dict[int, str]:
    """“Changes made” where staff have to look, “Changes requested” where all of it waits for the applicants."""
    open_ones = Correction.objects.filter(
        application__in=keys, settled_at=None, application__state=ApplicationState.SUBMITTED
    )
    found: dict[int, str] = {}
    for key, answered_at in open_ones.values_list("application_id", "answered_at"):
        found[key] = "Changes made" if answered_at or found.get(key) == "Changes made" else "Changes requested"
    return found


def with_open_requests(applications: QuerySet[Application], *, is_answered: bool) -> QuerySet[Application]:
    """Submitted applications of which a part is returned: answered and to be looked at, or not answered."""
    rows = Correction.objects.filter(application=OuterRef("pk"), settled_at=None, answered_at__isnull=not is_answered)
    return applications.filter(Exists(rows), state=ApplicationState.SUBMITTED)
