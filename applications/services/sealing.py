"""The sealed copy: everything as it was submitted, readable without the tables it came from."""

from datetime import datetime

from accounts.models import User
from applications.models import Application
from applications.selectors import LetterStanding, letters_of
from practices.models import FACTS, Practice, Team
from practices.selectors import current_members, sponsor_of
from questionnaires.models import Response
from questionnaires.selectors import sections_with_answers

SCHEMA = 1
# What a seal says of the act of sending, and not of what is sent.
OF_THE_ACT = ("deadline", "arrived_at", "standing", "submitted_by")


def seal(application: Application, *, by: User, arrived_at: datetime, standing: str) -> dict[str, object]:
    """Plain JSON of an application as it stands now. ``schema`` rises when the shape changes.

    Questions that were not asked (their conditions do not hold) are left out.
    """
    call, team = application.call, application.enrollment.team
    return {
        "schema": SCHEMA,
        "application": str(application.public_id),
        "program": {"code": call.cohort.program.code, "title": call.cohort.program.title},
        "cohort": {"code": call.cohort.code, "title": call.cohort.title},
        "deadline": call.deadline.ends_at.isoformat(),
        "arrived_at": arrived_at.isoformat(),
        "standing": standing,
        "submitted_by": by.name,
        "practice": _practice(team.practice),
        "team": _team(team),
        "sponsor": _sponsor(team),
        "letters": _letters(application),
        "attendance": _attendance(application),
        "form": {"code": application.response.form.code, "number": application.response.form.number},
        "sections": _sections(application.response),
    }


def content_of(sealed: dict) -> dict[str, object]:
    """A seal without the act of sending and without times: two seals of the same content have the same."""
    kept = {name: value for name, value in sealed.items() if name not in OF_THE_ACT}
    return {name: value if name == "sections" else _without_times(value) for name, value in kept.items()}


def _without_times(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_times(inner) for name, inner in value.items() if not name.endswith("_at")}
    return [_without_times(inner) for inner in value] if isinstance(value, list) else value


def _practice(practice: Practice) -> dict[str, object]:
    facts = {name: getattr(practice, name) for name in FACTS}
    sites = [
        {"name": site.name, "city": site.city, "region": site.region, "country": str(site.country or practice.country)}
        for site in practice.sites.all()
    ]
    return facts | {"country": str(practice.country), "sites": sites}


def _team(team: Team) -> dict[str, object]:
    members = [
        {
            "name": member.user.name,
            "email": member.user.email,
            "role": member.role,
            "profession": member.user.profession,
            "asco_membership": member.user.asco_membership,
            "asco_member_number": member.user.asco_member_number,
        }
        for member in current_members(team)
    ]
    return {"name": team.name, "members": members}


def _sponsor(team: Team) -> dict[str, str] | None:
    sponsor = sponsor_of(team)
    return sponsor and {"name": sponsor.name, "email": sponsor.email, "position": sponsor.position}


def _letters(application: Application) -> list[dict[str, object]]:
    """Each letter of support, done or asked for. A letter that is not done has neither way nor content."""
    return [_letter(one) for one in letters_of(application)]


def _letter(standing: LetterStanding) -> dict[str, object]:
    letter, file = standing.letter, standing.letter.file
    handled_by = letter.link_copied_by or letter.uploaded_by
    return {
        "state": "done" if standing.counts else "asked",
        "name": letter.sponsor.name,
        "email": letter.sponsor.email,
        "position": letter.sponsor.position,
        "done_at": letter.done_at and letter.done_at.isoformat(),
        "way": letter.way,
        "text": letter.text,
        "file": file and {"name": file.original_name, "size": file.size, "sha256": file.sha256},
        "signed_name": letter.signed_name,
        "signed_position": letter.signed_position,
        "handled_by": handled_by.name if handled_by else "",
    }


def _attendance(application: Application) -> list[dict[str, str]]:
    given = application.commitments.filter(member__left_on=None, confirmed_at__isnull=False)
    rows = given.select_related("member__user").order_by("member_id")
    return [{"name": row.member.user.name, "confirmed_at": row.confirmed_at.isoformat()} for row in rows]


def _sections(response: Response) -> list[dict[str, object]]:
    return [
        {
            "code": item.section.code,
            "title": item.section.title,
            "questions": [
                {
                    "code": asked.question.code,
                    "kind": asked.question.kind,
                    "text": asked.question.text,
                    "value": asked.value,
                    "words": asked.words,
                    "shown_to_reviewers": asked.question.shown_to_reviewers,
                }
                for asked in item.asked
            ],
        }
        for item in sections_with_answers(response)
    ]
