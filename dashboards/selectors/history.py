"""What happened to an object, in words, for whoever may see its page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, User
from applications.models import Application, AttendanceCommitment, Correction, Letter, Note, Screening
from core import selectors as trail
from core.models import ActorKind, AuditEntry
from dashboards.selectors.verbs import FOR_STAFF, WITH_FIELDS, words_for
from improvement.models import CoachComment, DataPoint, Measure, Project, QuarterlyUpdate
from practices.models import Affiliation, Invitation, Member, Practice, Sponsor, Team
from programs.models import Completion, Enrollment, Extension, Supporter

MOST = 50
Parts = list[tuple[QuerySet, tuple[str, ...]]]
Known = dict[int, User]

# What belongs to an object and is told on its page: the rows, and the columns that say which one it was.
PARTS: dict[type[Model], Callable[[Model], Parts]] = {
    Application: lambda one: [
        (AttendanceCommitment.objects.filter(application=one), ("member__user__name",)),
        (Letter.objects.filter(application=one), ("sponsor__name",)),
        (Correction.objects.filter(application=one), ("section",)),
        (Screening.objects.filter(application=one), ()),
        (Note.objects.filter(application=one), ()),
        (Enrollment.objects.filter(pk=one.enrollment_id), ()),
    ],
    Enrollment: lambda one: [
        (Completion.objects.filter(enrollment=one), ("milestone__title", "member__user__name")),
        (Extension.objects.filter(enrollment=one), ("milestone__title",)),
        (Supporter.objects.filter(enrollment=one), ("user__name",)),
    ],
    Practice: lambda one: [
        (Affiliation.objects.filter(practice=one), ("user__name",)),
        (Invitation.objects.filter(practice=one), ()),
    ],
    Team: lambda one: [
        (Practice.objects.filter(pk=one.practice_id), ()),
        (Member.objects.filter(team=one), ("user__name",)),
        (Sponsor.objects.filter(team=one), ()),
        (Invitation.objects.filter(team=one), ()),
    ],
    Project: lambda one: [
        (Measure.objects.filter(project=one), ("title",)),
        (DataPoint.objects.filter(measure__project=one), ("measure__title",)),
    ],
    QuarterlyUpdate: lambda one: [(CoachComment.objects.filter(update=one), ())],
}


@dataclass(frozen=True)
class Act:
    """One line: “Lena Leader recorded as done”, about “Baseline assessment”, with the fields that changed."""

    at: datetime
    words: str
    about: str
    fields: str


def acts_on(obj: Model, reader: User, *, most: int = MOST) -> list[Act]:
    """What was done to ``obj`` and to what belongs to it, newest first, at most ``most``.

    The caller has fetched ``obj`` through the reader's door. Staff read who of them acted; others read “ASCO staff”, and
    nothing of the staff's own work. As many queries for a long history as for a short one.
    """
    about: dict[tuple[str, int], str] = {(obj._meta.label_lower, obj.pk): ""}
    places: dict[type[Model], list[int]] = {type(obj): [obj.pk]}
    for rows, columns in PARTS.get(type(obj), lambda one: [])(obj):
        found = {pk: ", ".join(filter(None, words)) for pk, *words in rows.values_list("pk", *columns)}
        places[rows.model] = list(found)
        about |= {(rows.model._meta.label_lower, pk): words for pk, words in found.items()}
    entries = trail.history(places)
    if not reader.is_staff:
        for ending in FOR_STAFF:
            entries = entries.exclude(verb__endswith=ending)
    listed = list(entries[:most])
    known = User.objects.only("name", "email", "role").in_bulk(trail.people_in(listed))
    shown = _shown(trail.people_in(listed), known, reader)
    return [_act(entry, known, shown, about.get((entry.object_type, entry.object_id), "")) for entry in listed]


def _act(entry: AuditEntry, known: Known, shown: dict[int, str], about: str) -> Act:
    of_oneself = False
    if entry.actor_kind == ActorKind.SYSTEM:
        who = _("The software")
    elif entry.actor_kind == ActorKind.LINK:
        who = _("Somebody with a link")
    else:
        who = shown[entry.actor_id]
        of_oneself = entry.actor_id in known and known[entry.actor_id].name == about
    return Act(
        at=entry.at,
        words=_("{who} {did}").format(who=who, did=words_for(entry.verb, of_oneself=of_oneself)),
        about="" if of_oneself else about,
        fields=_fields(entry) if entry.verb.endswith(WITH_FIELDS) else "",
    )


def _shown(numbers: set[int], known: Known, reader: User) -> dict[int, str]:
    """What each person is called before this reader: colleagues by name, staff and reviewers by what they are. One query."""
    removed = _("Somebody who has been removed")
    names = dict.fromkeys(numbers, removed) | {pk: who.name for pk, who in known.items() if not who.is_removed}
    if not reader.is_staff:
        staff = trail.once_in_state(User, numbers, "user.role_changed", Role.STAFF)
        staff |= {pk for pk, who in known.items() if who.role == Role.STAFF}
        names |= {pk: _("A reviewer") for pk, who in known.items() if who.role == Role.REVIEWER}
        names |= {pk: _("ASCO staff") for pk in staff}
    return names | {reader.pk: _("You")}


def _fields(entry: AuditEntry) -> str:
    """The fields as their forms call them, where a form does."""
    return ", ".join(_field(entry.object_type, name) for name in entry.fields if isinstance(name, str))


def _field(object_type: str, name: str) -> str:
    try:
        return str(apps.get_model(object_type)._meta.get_field(name).verbose_name)
    except (LookupError, ValueError, FieldDoesNotExist, AttributeError):  # of an older version, or no field at all
        return name.replace("_", " ")
