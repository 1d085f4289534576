"""What a page saves by itself while somebody types: of several answers, those that can be kept are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from applications.models import Application
from applications.services.drafts import answer
from questionnaires import services as questionnaires


@dataclass
class Kept:
    """By question pk: the version of what stands as it was sent, why an answer was refused, and who wrote there as well.

    An answer in none of the three was not changed by this person, and somebody else has changed it meanwhile.
    """

    versions: dict[int, int] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)
    conflicts: list[questionnaires.ConflictingAnswer] = field(default_factory=list)


def keep_answers(
    application: Application,
    values: Mapping[int, object],
    *,
    by: User,
    base_versions: dict[int, int],
    arrived_at: datetime | None = None,
) -> Kept:
    """Save what can be saved of ``values`` (clean, by question pk): one answer that is refused holds none of the others back.

    Raises:
        ApplicationRefused, CallClosed: it can no longer be edited; nothing is saved.
    """
    kept, left = Kept(), dict(values)
    while left:
        try:
            answer(application, left, by=by, base_versions=base_versions, arrived_at=arrived_at, is_burst=True)
        except questionnaires.AnswersRefused as refusal:
            kept.problems |= refusal.problems
            left = {key: value for key, value in left.items() if key not in refusal.problems}
            continue
        except questionnaires.Conflict as conflict:
            kept.conflicts = conflict.answers
        break
    # Asked for anew: what stood there already was not written, and has the version that the page needs to know.
    rows = application.response.answers.filter(question__in=left)
    stored = {key: (value, version) for key, value, version in rows.values_list("question_id", "value", "version")}
    present = {key: stored.get(key, (None, 0)) for key in left}
    kept.versions = {key: version for key, (value, version) in present.items() if value == left[key]}
    return kept
