"""Taking content out of applications whose time is over, and a person out of sealed copies.

The fingerprint stays that of what was submitted: it no longer fits the copy, and the copy says why.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import REMOVED_NAME, User
from accounts.services.forgetting import removed_address
from applications.models import Application, AttendanceCommitment
from core import clock
from core.services import record_all
from questionnaires.services import remove_answers

# What of a sealed copy names no person and is no text of theirs: what later figures are counted from.
KEPT = ("schema", "application", "program", "cohort", "deadline", "arrived_at", "standing", "practice", "form")


@transaction.atomic
def remove_content(pks: Iterable[int], *, by: User | None) -> int:
    """Delete answers, commitments and the staff's note of these applications, and empty their sealed copies.

    The rows keep state, dates and the facts of the practice. Files that answered a question are left to ``documents``.
    """
    found = list(Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=list(pks)))
    remove_answers(application.response_id for application in found)
    AttendanceCommitment.objects.filter(application__in=found).delete()
    for application in found:
        application.decision_note = ""
        if application.sealed is not None:
            application.sealed = _emptied(application.sealed)
    Application.objects.bulk_update(found, ["decision_note", "sealed"], batch_size=100)
    record_all("application.emptied", found, by=by)
    return len(found)


def _emptied(sealed: dict) -> dict[str, object]:
    kept = {name: sealed[name] for name in KEPT if name in sealed}
    return kept | {
        "removed": True,
        "removed_on": clock.now().date().isoformat(),
        "team": {"members": []},
        "sponsor": None,
        "attendance": [],
        "sections": [],
    }


@dataclass(frozen=True)
class Who:
    """The person as sealed copies know them: addresses in lower case, their names, and the address that replaces them."""

    addresses: frozenset[str]
    names: frozenset[str]
    instead: str


@transaction.atomic
def forget_in_sealed(pks: Iterable[int], person: User, addresses: Iterable[str], *, by: User | None) -> int:
    """Replace the person's name, address and member number where they stand by themselves; return in how many copies.

    Whoever stands beside one of the addresses is the person, under whatever name they had then. Answers are not searched.
    """
    changed = []
    for application in Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=list(pks)):
        sealed = application.sealed
        known = frozenset(addresses)
        beside = {entry["name"] for entry in _people(sealed) if entry["email"].lower() in known}
        who = Who(known, frozenset({person.name} | beside), removed_address(person.public_id))
        forgotten = _without(sealed, who)
        if forgotten != sealed:
            application.sealed = forgotten | {"people_removed_on": clock.now().date().isoformat()}
            changed.append(application)
    Application.objects.bulk_update(changed, ["sealed"], batch_size=100)
    record_all("application.person_removed", changed, by=by)
    return len(changed)


def _people(sealed: dict) -> list[dict]:
    sponsor = sealed.get("sponsor")
    return [*sealed.get("team", {}).get("members", []), *([sponsor] if sponsor else [])]


def _without(sealed: dict, who: Who) -> dict:
    """The copy without the person, in the places where the seal names people; texts stay as they were sent."""

    def entry(row: dict) -> dict:
        if row["email"].lower() not in who.addresses:
            return row
        blank = {name: "" for name in ("asco_member_number", "position") if name in row}
        return row | blank | {"name": REMOVED_NAME, "email": who.instead}

    def name(value: str) -> str:
        return REMOVED_NAME if value in who.names else value

    changes: dict[str, object] = {}
    if "members" in sealed.get("team", {}):
        changes["team"] = sealed["team"] | {"members": [entry(row) for row in sealed["team"]["members"]]}
    if sealed.get("sponsor"):
        changes["sponsor"] = entry(sealed["sponsor"])
    if sealed.get("submitted_by"):
        changes["submitted_by"] = name(sealed["submitted_by"])
    if sealed.get("attendance"):
        changes["attendance"] = [row | {"name": name(row["name"])} for row in sealed["attendance"]]
    return sealed | changes
