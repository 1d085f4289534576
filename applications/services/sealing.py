"""The sealed copy: everything as it was submitted, readable without the tables it came from."""

from datetime import datetime

from accounts.models import User
from applications.models import Application
from practices.models import Practice, Team
from practices.selectors import current_members, sponsor_of
from questionnaires.models import Response
from questionnaires.selectors import sections_with_answers

SCHEMA = 1
PRACTICE_FIELDS = (
    "name",
    "city",
    "region",
    "country",
    "setting",
    "rurality",
    "oncologists",
    "underserved_percent",
    "health_system",
    "domain",
)


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
        "attendance": _attendance(application),
        "form": {"code": application.response.form.code, "number": application.response.form.number},
        "sections": _sections(application.response),
    }


def _practice(practice: Practice) -> dict[str, object]:
    facts = {name: getattr(practice, name) for name in PRACTICE_FIELDS}
    return facts | {"country": str(practice.country)}


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
