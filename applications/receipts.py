"""What a receipt says: a sealed submission in words, for its page and as PDF.

Everything comes from the sealed copy and nothing from today's tables, so an old receipt reads as it did when it was given.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from applications.models import LetterWay, Submission
from applications.selectors import removed_from
from core import wording
from core.pdf import pdf
from practices.models import MemberRole, Rurality, Setting
from programs.models import Standing
from questionnaires.models import QuestionKind

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "applications" / "receipt.typ"
PRACTICE = {
    "name": gettext_lazy("Practice"),
    "street": gettext_lazy("Street"),
    "postal_code": gettext_lazy("ZIP or postal code"),
    "city": gettext_lazy("City"),
    "region": gettext_lazy("State or region"),
    "country": gettext_lazy("Country"),
    "setting": gettext_lazy("Setting"),
    "rurality": gettext_lazy("Location"),
    "oncologists": gettext_lazy("Oncologists"),
    "underserved_percent": gettext_lazy("Patients from underserved groups (percent)"),
    "health_system": gettext_lazy("Health system"),
    "domain": gettext_lazy("Web or email domain"),
}
EMPTY_BOXES = gettext_lazy(
    "Some letters are missing here and show as empty boxes. The page of the receipt has them all."
)
CODED = {"setting": dict(Setting.choices), "rurality": dict(Rurality.choices)}


@dataclass(frozen=True)
class Line:
    """One line of a receipt; ``file`` is the public id of a file that answers a question."""

    label: str
    value: str
    file: str = ""


@dataclass(frozen=True)
class Part:
    title: str
    rows: list[Line]


def parts_of(submission: Submission) -> list[Part]:
    """Practice, team, support and sections as they were submitted; what was taken out later is not there."""
    sealed = submission.sealed
    found: list[Part] = [
        Part(_("Practice"), _practice(sealed.get("practice", {}))),
        Part(_("Team"), _team(sealed.get("team", {}))),
        Part(_("Sponsor"), _support(sealed)),
    ]
    found += [
        Part(section["title"], [_answer(item) for item in section["questions"]]) for section in sealed["sections"]
    ]
    return [part for part in found if part.rows]


def _practice(facts: dict) -> list[Line]:
    rows = []
    for name, label in PRACTICE.items():
        value = facts.get(name)
        if value not in (None, ""):
            words = countries.name(value) if name == "country" else CODED.get(name, {}).get(value, value)
            rows.append(Line(str(label), str(words)))
    sites = [_listed(site, "name", "city", "region") for site in facts.get("sites", [])]
    return [*rows, Line(_("Sites"), "\n".join(sites))] if sites else rows


def _team(team: dict) -> list[Line]:
    rows = [Line(_("Name of the team"), team["name"])] if team.get("name") else []
    return rows + [
        Line(str(MemberRole(member["role"]).label), f"{member['name']}, {member['email']}")
        for member in team.get("members", [])
    ]


def _support(sealed: dict) -> list[Line]:
    sponsor, words = sealed.get("sponsor"), sealed.get("attendance", [])
    rows = [Line(_("Sponsor"), _listed(sponsor, "name", "position"))] if sponsor else []
    rows += [Line(_("Letter of support"), _letter(row)) for row in sealed.get("letters", [])]
    if words:
        rows.append(Line(_("Will attend all sessions"), "\n".join(row["name"] for row in words)))
    return rows


def _letter(row: dict) -> str:
    """Who was asked; of a letter that is there, how it came to be, and its words, its file or its signature."""
    who = _listed(row, "name", "position")
    if row["state"] != "done":
        return _("%(who)s: not given yet") % {"who": who}
    signed = _listed(row, "signed_name", "signed_position")
    return "\n".join(
        part
        for part in (
            f"{who}: {LetterWay(row['way']).label}" if row["way"] else who,
            row["text"],
            row["file"] and row["file"]["name"],
            signed and _("Signed: %(name)s") % {"name": signed},
            row["handled_by"] and _("Through the hands of %(name)s") % {"name": row["handled_by"]},
        )
        if part
    )


def _listed(row: dict, *names: str) -> str:
    return ", ".join(str(row[name]) for name in names if row.get(name))


def _answer(item: dict) -> Line:
    is_file = item["kind"] == QuestionKind.FILE and item["value"]
    return Line(item["text"], item["words"], item["value"]["file"] if is_file else "")


def receipt_pdf(submission: Submission) -> bytes:
    """The receipt as a tagged PDF in US letter; times in the zone of the call's deadline."""
    sealed, application = submission.sealed, submission.application
    zone = application.call.deadline.zone
    title = _("Receipt of an application")
    data = {
        "title": title,
        "subtitle": f"{application.enrollment.team.name}, {sealed['cohort']['title']}",
        "site": settings.SITE_NAME,
        "nothing": _("Not answered"),
        "footer": _("Application %(id)s, submission %(n)s") % {"id": sealed["application"], "n": submission.number},
        "facts": [{"label": line.label, "value": line.value} for line in facts_of(submission, zone)],
        "notices": notices_of(submission),
        "parts": [
            {"title": part.title, "rows": [{"label": row.label, "value": row.value} for row in part.rows]}
            for part in parts_of(submission)
        ],
        "fingerprint": {
            "title": _("Fingerprint"),
            "text": fingerprint_words(submission),
            "sha256": submission.sealed_sha256,
        },
    }
    written = pdf(TEMPLATE, data)
    if not written.is_accessible:
        data["notices"] = [*data["notices"], str(EMPTY_BOXES)]
        written = pdf(TEMPLATE, data)
    return written.content


def facts_of(submission: Submission, zone: tzinfo) -> list[Line]:
    """When and by whom it was sent, against which deadline."""
    sealed = submission.sealed

    def moment(at: datetime) -> str:
        return f"{wording.moment(at, zone)} {wording.zone_name(zone)}"

    deadline = datetime.fromisoformat(sealed["deadline"])
    return [
        Line(_("Program"), sealed["program"]["title"]),
        Line(_("Arrived"), moment(submission.arrived_at)),
        Line(_("Deadline"), moment(deadline)),
        *([Line(_("Submitted by"), sealed["submitted_by"])] if sealed.get("submitted_by") else []),
    ]


def why(submission: Submission) -> str:
    """Why there is this submission, for the list of all of them."""
    if submission.is_correction:
        return _("Correction that staff asked for")
    return _("First submission") if submission.number == 1 else _("Opened again and sent once more")


def notices_of(submission: Submission) -> list[str]:
    """What somebody who holds this receipt has to know: late, a correction, no longer whole."""
    found = []
    if submission.standing == Standing.LATE:
        found.append(_("It arrived after the deadline and is marked as late. Staff decide about it."))
    if submission.is_correction:
        found.append(_("This is a correction that staff asked for. The arrival is that of the first submission."))
    return found


def fingerprint_words(submission: Submission) -> str:
    """What the SHA-256 is of, and whether it still can be compared."""
    removed = removed_from(submission.sealed)
    if removed:
        return _("The SHA-256 %(removed)s.") % {"removed": removed}
    return _("The SHA-256 of everything that was submitted. A copy with another fingerprint is another text.")
