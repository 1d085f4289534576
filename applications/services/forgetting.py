"""Taking content out of applications whose time is over, and a person out of sealed copies.

The fingerprint stays that of what was submitted: it no longer fits the copy, and the copy says why.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import REMOVED_NAME, User
from accounts.services.forgetting import removed_address
from applications.models import (
    Application,
    AttendanceCommitment,
    Correction,
    Letter,
    Note,
    Screening,
    SectionVisit,
    SignOff,
    Submission,
)
from core import clock
from core.services import record_all
from practices.models import Sponsor
from questionnaires.services import remove_answers

# What of a sealed copy names no person and is no text of theirs: what later figures are counted from.
KEPT = ("schema", "application", "program", "cohort", "deadline", "arrived_at", "standing", "practice", "form")

# What people wrote or said for an application, its answers aside.
WORDS = (AttendanceCommitment, Correction, Letter, Note, SectionVisit, SignOff)
# What stands beside a person's name and address in a sealed copy and is theirs too.
OF_THE_PERSON = ("asco_member_number", "position", "signed_name", "signed_position")
TAKEN_OUT = "taken-out"  # a verdict has to say why


@transaction.atomic
def remove_content(pks: Iterable[int], *, by: User | None) -> int:
    """Delete answers, letters, commitments and the staff's notes of these applications, and empty their sealed copies.

    The rows keep state, dates, the verdict of the screening and the facts of the practice. Files are left to ``documents``.
    """
    found = list(Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=list(pks)))
    remove_answers(application.response_id for application in found)
    for words in WORDS:
        words.objects.filter(application__in=found).delete()
    Screening.objects.filter(application__in=found).update(text="", reasons=[TAKEN_OUT])
    Application.objects.filter(pk__in=[application.pk for application in found]).update(decision_note="")
    copies = list(Submission.objects.filter(application__in=found))
    for copy in copies:
        copy.sealed = _emptied(copy.sealed)
    Submission.objects.bulk_update(copies, ["sealed"], batch_size=100)
    record_all("application.emptied", found, by=by)
    return len(found)


def _emptied(sealed: dict) -> dict[str, object]:
    kept = {name: sealed[name] for name in KEPT if name in sealed}
    return kept | {
        "removed": True,
        "removed_on": clock.now().date().isoformat(),
        "team": {"members": []},
        "sponsor": None,
        "letters": [],
        "attendance": [],
        "sections": [],
    }


def forget_signatures(sponsors: Iterable[Sponsor]) -> int:
    """Blank what stands on the letters of these sponsors beside the text: names, positions, and what was never sent.

    The letter itself stays as long as its application: it is the practice's word, and staff may have decided by it.
    """
    letters = Letter.objects.filter(sponsor__in=list(sponsors))
    return letters.update(signed_name="", signed_position="", draft="")


@dataclass(frozen=True)
class Who:
    """The person as sealed copies know them: addresses in lower case, their names, and the address that replaces them."""

    addresses: frozenset[str]
    names: frozenset[str]
    instead: str


@transaction.atomic
def forget_in_sealed(pks: Iterable[int], person: User, addresses: Iterable[str], *, by: User | None) -> int:
    """Replace the person's name, address and member number where they stand by themselves; return in how many applications.

    Whoever stands beside one of the addresses is the person, under whatever name they had then. Answers are not searched.
    """
    found = list(Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=list(pks)))
    changed = []
    for copy in Submission.objects.filter(application__in=found):
        sealed = copy.sealed
        known = frozenset(addresses)
        beside = {entry["name"] for entry in _people(sealed) if entry["email"].lower() in known}
        who = Who(known, frozenset({person.name} | beside), removed_address(person.public_id))
        forgotten = _without(sealed, who)
        if forgotten != sealed:
            copy.sealed = forgotten | {"people_removed_on": clock.now().date().isoformat()}
            changed.append(copy)
    Submission.objects.bulk_update(changed, ["sealed"], batch_size=100)
    keys = {copy.application_id for copy in changed}
    record_all("application.person_removed", [one for one in found if one.pk in keys], by=by)
    return len(keys)


def _people(sealed: dict) -> list[dict]:
    sponsor = sealed.get("sponsor")
    return [*sealed.get("team", {}).get("members", []), *([sponsor] if sponsor else []), *sealed.get("letters", [])]


def _without(sealed: dict, who: Who) -> dict:
    """The copy without the person, in the places where the seal names people; texts stay as they were sent."""

    def entry(row: dict) -> dict:
        if row["email"].lower() not in who.addresses:
            return row
        blank = {name: "" for name in OF_THE_PERSON if name in row}
        return row | blank | {"name": REMOVED_NAME, "email": who.instead}

    def name(value: str) -> str:
        return REMOVED_NAME if value in who.names else value

    changes: dict[str, object] = {}
    if "members" in sealed.get("team", {}):
        changes["team"] = sealed["team"] | {"members": [entry(row) for row in sealed["team"]["members"]]}
    if sealed.get("sponsor"):
        changes["sponsor"] = entry(sealed["sponsor"])
    if sealed.get("letters"):
        changes["letters"] = [entry(row) | {"handled_by": name(row["handled_by"])} for row in sealed["letters"]]
    if sealed.get("submitted_by"):
        changes["submitted_by"] = name(sealed["submitted_by"])
    if sealed.get("attendance"):
        changes["attendance"] = [row | {"name": name(row["name"])} for row in sealed["attendance"]]
    return sealed | changes
