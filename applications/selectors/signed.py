"""What was changed in an application after a moment, in the words of its pages."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Max, Model, Q

from accounts.models import User
from applications.models import Application, AttendanceCommitment, Letter
from core.selectors import history
from practices.models import Member, Practice, Sponsor, Team

# What one person types within it is one revision of an answer (docs/decisions/0011-one-revision-a-burst.md).
A_BURST = timedelta(minutes=1)


def burst_since(application: Application, now: datetime) -> datetime:
    """From when on saves belong to one burst: never across a sign-off, so that what changed since can be told."""
    signed_at = application.sign_offs.aggregate(at=Max("signed_at"))["at"]
    return max(now - A_BURST, signed_at) if signed_at else now - A_BURST


def changed_since(application: Application, at: datetime) -> list[str]:
    """Names of what is not as it was at ``at``: the parts of the application first, then its questions."""
    return [*_parts(application, at), *_questions(application, at)]


def _parts(application: Application, at: datetime) -> list[str]:
    team = application.enrollment.team
    people = dict(Member.objects.filter(team=team).values_list("pk", "user"))
    sponsors = list(Sponsor.objects.filter(team=team).values_list("pk", flat=True))
    places: dict[str, Mapping[type[Model], Collection[int]]] = {
        "Your practice": {Practice: [team.practice_id]},
        "Your team": {Team: [team.pk], Member: list(people), User: set(people.values())},
        "Sponsor": {Sponsor: sponsors},
    }
    found = [name for name, rows in places.items() if history(rows).filter(at__gt=at).exists()]
    if AttendanceCommitment.objects.filter(application=application, confirmed_at__gt=at).exists():
        found.append("Attendance of all sessions")
    letters = Letter.objects.filter(application=application)
    if letters.filter(Q(asked_at__gt=at) | Q(done_at__gt=at) | Q(ended_at__gt=at) | Q(link_copied_at__gt=at)).exists():
        found.append("Letter of support")
    return found


def _questions(application: Application, at: datetime) -> list[str]:
    """Questions whose answer is another one now; what was changed and changed back is none."""
    answers = application.response.answers.filter(saved_at__gt=at).select_related("question__section")
    ordered = answers.order_by("question__section__position", "question__position").prefetch_related("revisions")
    found = []
    for answer in ordered:
        before = [row for row in answer.revisions.all() if row.saved_at <= at]
        value = max(before, key=lambda row: row.version).value if before else None
        if value != answer.value:
            found.append(answer.question.text)
    return found
