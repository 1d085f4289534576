"""The parts of an application, and those that staff returned for changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application, ApplicationState, Correction
from questionnaires.models import Question, Section


class CorrectionState(StrEnum):
    """How a request stands; the words are those that both sides read."""

    ASKED = "asked"
    ANSWERED = "answered"
    SETTLED = "settled"


@dataclass(frozen=True)
class Part:
    """A part that can be returned, with the page where its people change it."""

    code: str
    title: str
    url: str


@dataclass(frozen=True)
class Returned:
    """A request with the part that it is about."""

    correction: Correction
    part: Part

    @property
    def state(self) -> CorrectionState:
        return state_of(self.correction)

    @property
    def words(self) -> str:
        return {
            CorrectionState.ASKED: _("Changes requested"),
            CorrectionState.ANSWERED: _("Changes made"),
            CorrectionState.SETTLED: _("Settled"),
        }[self.state]

    @property
    def tone(self) -> str:
        return {
            CorrectionState.ASKED: "warning",
            CorrectionState.ANSWERED: "info",
            CorrectionState.SETTLED: "success",
        }[self.state]

    @property
    def url(self) -> str:
        """The page where its people read what to change, and say that it is done."""
        return reverse("applications:correction", args=[self.correction.application.public_id, self.part.code])


def state_of(correction: Correction) -> CorrectionState:
    if correction.settled_at:
        return CorrectionState.SETTLED
    return CorrectionState.ANSWERED if correction.answered_at else CorrectionState.ASKED


def parts_of(application: Application) -> list[Part]:
    """Practice, team and sponsor, then the sections of the form; one query."""
    args = [application.public_id]
    first = {"practice": _("Your practice"), "team": _("Your team"), "sponsor": _("Sponsor")}
    sections = Section.objects.filter(form=application.response.form_id).order_by("position")
    return [
        *(Part(code, title, reverse(f"applications:{code}", args=args)) for code, title in first.items()),
        *(
            Part(section.code, section.title, reverse("applications:section", args=[*args, section.code]))
            for section in sections
            if section.code not in first
        ),
    ]


def part_of(application: Application, code: str) -> Part | None:
    return next((part for part in parts_of(application) if part.code == code), None)


def waiting(corrections: QuerySet[Correction]) -> QuerySet[Correction]:
    """Those that the applicants have not answered yet: their parts can be changed."""
    return corrections.filter(answered_at=None, settled_at=None)


def is_returned(application: Application, *, part: str = "", questions: Iterable[int] = ()) -> bool:
    """Whether this part of a submitted application, or every part with one of these questions, is to be changed now."""
    if application.state != ApplicationState.SUBMITTED:
        return False
    codes = {part} if part else set(Question.objects.filter(pk__in=questions).values_list("section__code", flat=True))
    open_ones = set(waiting(application.corrections.all()).values_list("section", flat=True))
    return bool(codes) and codes <= open_ones


def returned(application: Application) -> list[Returned]:
    """Every request, in the order in which they were asked; two queries."""
    rows = list(application.corrections.select_related("asked_by", "answered_by", "settled_by"))
    return _with_parts(application, rows) if rows else []


def _with_parts(application: Application, rows: list[Correction]) -> list[Returned]:
    parts = {part.code: part for part in parts_of(application)}
    for row in rows:
        row.application = application
    return [Returned(row, parts.get(row.section, Part(row.section, row.section, ""))) for row in rows]


def waiting_requests(applications: Iterable[Application]) -> dict[int, list[Returned]]:
    """What their people have to change now, by application id; a query, and one more for each that has any."""
    sent = {row.pk: row for row in applications if row.state == ApplicationState.SUBMITTED}
    found: dict[int, list[Correction]] = {}
    for row in waiting(Correction.objects.filter(application__in=sent)) if sent else []:
        found.setdefault(row.application_id, []).append(row)
    return {key: _with_parts(sent[key], rows) for key, rows in found.items()}


def open_request(application: Application, code: str) -> Returned | None:
    """The request about one part that is not settled; of a decided or withdrawn application none."""
    if application.state != ApplicationState.SUBMITTED:
        return None
    return next((one for one in returned(application) if one.part.code == code and not one.correction.settled_at), None)


def shown_to_applicants(found: Sequence[Returned]) -> list[Returned]:
    """The open ones, and those that were answered; what staff took back unanswered is no news to anybody."""
    return [one for one in found if one.correction.answered_at or not one.correction.settled_at]
