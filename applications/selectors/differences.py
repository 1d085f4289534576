"""What differs between two sealed copies of an application, in words, old beside new."""

from collections.abc import Iterator
from dataclasses import dataclass

from applications.models import Correction, Submission
from practices.models import MemberRole, Practice, Rurality, Setting

IN_WORDS = {"setting": dict(Setting.choices), "rurality": dict(Rurality.choices), "role": dict(MemberRole.choices)}
# What of a copy says when and how it was sealed, and not what was sent.
ASIDE = {"schema", "application", "program", "cohort", "deadline", "arrived_at", "standing", "submitted_by", "form"}
PLACES = {"practice": "Practice", "team": "Team", "sponsor": "Sponsor", "attendance": "Attendance", "letter": "Letter"}


@dataclass(frozen=True)
class Difference:
    """One line: where, what, and the words before and after; empty where there were none."""

    place: str
    label: str
    old: str
    new: str


def differences(before: dict, after: dict) -> list[Difference]:
    """Every value that stands otherwise in ``after``: facts, people, sponsor, letters, then the answers.

    Both are sealed copies. What only one of them has is shown against nothing, so a later shape of the copy loses no line.
    """
    found = []
    for name in [key for key in {**before, **after} if key not in ASIDE and key != "sections"]:
        old, new = _flat(before.get(name)), _flat(after.get(name))
        place = PLACES.get(name, _label(name))
        for label in {**old, **new}:
            if old.get(label, "") != new.get(label, ""):
                found.append(Difference(place, label or place, old.get(label, ""), new.get(label, "")))
    return found + list(_answers(before, after))


def _answers(before: dict, after: dict) -> Iterator[Difference]:
    old, new = _questions(before), _questions(after)
    for key in {**old, **new}:
        before_it, after_it = old.get(key, {}), new.get(key, {})
        if (before_it.get("words", ""), before_it.get("value")) != (after_it.get("words", ""), after_it.get("value")):
            asked = after_it or before_it
            yield Difference(asked["place"], asked["text"], before_it.get("words", ""), after_it.get("words", ""))


def _questions(sealed: dict) -> dict[tuple[str, str], dict]:
    return {
        (section["code"], item["code"]): item | {"place": section["title"]}
        for section in sealed.get("sections", [])
        for item in section["questions"]
    }


def _flat(value: object, name: str = "", label: str = "") -> dict[str, str]:
    """The leaves of a value with what they are called; a person in a list is called by name."""
    if isinstance(value, dict):
        return {
            key: words
            for part, leaf in value.items()
            for key, words in _flat(leaf, part, f"{label}, {_label(part)}" if label else _label(part)).items()
        }
    if isinstance(value, list):
        return {
            key: words
            for number, item in enumerate(value, 1)
            for key, words in _flat(item, name, _named(item, number, label)).items()
        }
    if value in (None, ""):
        return {}
    return {label: str(IN_WORDS.get(name, {}).get(value, value))}


def _named(item: object, number: int, label: str) -> str:
    who = item.get("name") or item.get("email") if isinstance(item, dict) else ""
    return str(who) if who else f"{label} {number}".strip()


def _label(name: str) -> str:
    """A fact of a practice as its form calls it, everything else by its own name."""
    if name in {field.name for field in Practice._meta.fields}:
        words = str(Practice._meta.get_field(name).verbose_name)
    else:
        words = name.replace("_", " ")
    return (words[:1].upper() + words[1:]).replace("Asco", "ASCO")


def changed_by(correction: Correction, submissions: list[Submission]) -> list[Difference] | None:
    """What its people changed since a request: the copy that was sealed with their answer beside the one that was returned.

    Where several parts were returned, each answer seals the whole application, so the copy just before may hold the change.
    ``submissions`` are all of the application, in their order. None where there is no such pair.
    """
    if correction.answered_at is None:
        return None
    after = next((one for one in submissions if one.is_correction and one.sealed_at >= correction.answered_at), None)
    earlier = [one for one in submissions if after and one.number < after.number]
    before = next((one for one in reversed(earlier) if one.sealed_at <= correction.asked_at), None)
    return differences(before.sealed, after.sealed) if before and after else None
