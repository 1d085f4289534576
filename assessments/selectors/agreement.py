"""What the members answered alone, side by side. Nobody who has not finished sees it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from assessments import permissions, scoring
from assessments.models import (
    AgreedAnswer,
    AnswerKind,
    Assessment,
    AssessmentState,
    Domain,
    Item,
    MemberAnswer,
    MemberTurn,
)
from assessments.selectors.shared import items_of
from practices.models import Member
from practices.selectors import core_team


@dataclass(frozen=True)
class Place:
    """One level (or “no data”, “not applicable”) and who chose it; ``is_agreed``: the team agreed on it."""

    words: str
    names: tuple[str, ...]
    is_agreed: bool

    @property
    def marks(self) -> list[tuple[str, str]]:
        """(initials, name) of each."""
        return [(initials(name), name) for name in self.names]


@dataclass(frozen=True)
class ItemAgreement:
    """One item: who chose what, how far apart (0: the same level; None: fewer than two levels), and what was agreed."""

    item: Item
    answers: tuple[MemberAnswer, ...]
    spread: Fraction | None
    agreed: AgreedAnswer | None

    @property
    def is_mixed(self) -> bool:
        """Answers of different kinds, such as a level beside “no data”: worth talking about too."""
        return len({answer.kind for answer in self.answers}) > 1

    @property
    def is_unanimous(self) -> bool:
        return bool(self.answers) and len({(answer.kind, answer.level_id) for answer in self.answers}) == 1

    @property
    def is_different(self) -> bool:
        return bool(self.answers) and not self.is_unanimous

    @property
    def in_words(self) -> str:
        """The spread as a sentence, which is the title of its picture."""
        if not self.answers:
            return _("Nobody has answered this alone")
        if self.is_unanimous:
            return self._same_in_words()
        steps = self._steps()
        apart = ngettext("%(steps)s level apart", "%(steps)s levels apart", steps) % {"steps": steps} if steps else ""
        if not self.is_mixed:
            return apart
        mixed = _("Some chose a level, others did not") if self._levels() else _("“No data” beside “Not applicable”")
        return f"{mixed}; {apart}" if apart else mixed

    @property
    def places(self) -> tuple[Place, ...]:
        """The levels from the lowest, then what else was chosen; the row of the picture."""
        found = [
            Place(str(level), self._people(AnswerKind.LEVEL, level.pk), self._is_agreed(AnswerKind.LEVEL, level.pk))
            for level in sorted(self.item.levels.all(), key=lambda level: level.position)
        ]
        for kind in (AnswerKind.NOT_APPLICABLE, AnswerKind.NO_DATA):
            place = Place(kind.label, self._people(kind, None), self._is_agreed(kind, None))
            if place.names or place.is_agreed:
                found.append(place)
        return tuple(found)

    def _same_in_words(self) -> str:
        first = self.answers[0]
        words = {"answer": first.level or first.get_kind_display(), "name": first.saved_by.name}
        if len(self.answers) == 1:
            return _("Only %(name)s has answered: “%(answer)s”") % words
        return _("All chose “%(answer)s”") % words

    def _levels(self) -> list[int]:
        return [answer.level.position for answer in self.answers if answer.level is not None]

    def _steps(self) -> int:
        return max(self._levels(), default=0) - min(self._levels(), default=0)

    def _people(self, kind: str, level: int | None) -> tuple[str, ...]:
        return tuple(one.saved_by.name for one in self.answers if (one.kind, one.level_id) == (kind, level))

    def _is_agreed(self, kind: str, level: int | None) -> bool:
        return self.agreed is not None and (self.agreed.kind, self.agreed.level_id) == (kind, level)


def initials(name: str) -> str:
    """“LL” of “Lena Leader (demo)”: of the first and the last word that begin with a letter."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@dataclass(frozen=True)
class Turn:
    """How far one core member has come; never what they answered. ``has_passed``: finished without every item."""

    user: User
    has_begun: bool
    is_finished: bool
    has_passed: bool


def turn_of(assessment: Assessment, user: User) -> MemberTurn | None:
    return assessment.turns.filter(user=user).first()


def turns_of(assessment: Assessment) -> list[Turn]:
    """Everybody of the core team now, and who has finished and left since; by when they joined. Four queries."""
    rows = {turn.user_id: turn for turn in assessment.turns.select_related("user")}
    given = dict(assessment.member_answers.values_list("saved_by").annotate(Count("pk")))
    total = Item.objects.filter(domain__version=assessment.version_id).count()
    people = {member.user_id: member.user for member in core_team(assessment.enrollment.team)}
    people |= {key: row.user for key, row in rows.items() if row.finished_at is not None and key not in people}
    return [_turn(user, rows.get(key), given.get(key, 0) < total) for key, user in people.items()]


def _turn(user: User, row: MemberTurn | None, is_short: bool) -> Turn:
    is_finished = row is not None and row.finished_at is not None
    return Turn(user, row is not None, is_finished, is_finished and is_short)


def missing_of(assessment: Assessment, user: User) -> list[Item]:
    """The items that ``user`` has not answered alone, in the order of the pages, with their domain."""
    return _without(assessment, assessment.member_answers.filter(saved_by=user))


def not_reviewed(assessment: Assessment) -> list[Item]:
    """The items that the third party has not scored, in the order of the pages, with their domain."""
    return _without(assessment, assessment.reviewer_answers.all())


def _without(assessment: Assessment, answers: QuerySet) -> list[Item]:
    items = Item.objects.filter(domain__version=assessment.version_id).select_related("domain")
    return list(items.exclude(pk__in=answers.values("item")).order_by("domain__position", "position"))


def waited_for(assessment: Assessment) -> QuerySet[Member]:
    """The core members who have not finished answering alone."""
    finished = assessment.turns.filter(finished_at__isnull=False).values("user")
    return core_team(assessment.enrollment.team).exclude(user__in=finished)


def may_compare(assessment: Assessment, user: User) -> bool:
    """Whether the others' answers may be shown to ``user``: after finishing one's own, and once the round is closed."""
    return assessment.state == AssessmentState.SUBMITTED or permissions.has_finished(user, assessment)


def agreement(assessment: Assessment) -> list[ItemAgreement]:
    """All items, the widest spread first, then mixed kinds, then by page. Only answers of those who have finished count."""
    return agreement_on(assessment, items_of(assessment.version))


def agreement_on(assessment: Assessment, items: Iterable[Item]) -> list[ItemAgreement]:
    """As ``agreement``, for some ``items`` (as ``items_of`` gives them): two queries."""
    items = list(items)
    finished = assessment.turns.filter(finished_at__isnull=False).values("user")
    rows = assessment.member_answers.filter(saved_by__in=finished, item__in=items).select_related("level", "saved_by")
    by_item: dict[int, list[MemberAnswer]] = {}
    for answer in rows.order_by("saved_by__name", "saved_by_id"):
        by_item.setdefault(answer.item_id, []).append(answer)
    answers = assessment.answers.filter(item__in=items).select_related("level", "saved_by")
    agreed = {answer.item_id: answer for answer in answers}
    found = [_one(item, by_item.get(item.pk, []), agreed.get(item.pk)) for item in items]
    return sorted(found, key=lambda one: (-(one.spread or 0), not one.is_mixed))


def unanimous(assessment: Assessment, found: Iterable[ItemAgreement] | None = None) -> list[ItemAgreement]:
    """The items not agreed yet where all chose the same: two at least, or one where nobody is waited for any more."""
    least = 2 if waited_for(assessment).exists() else 1
    found = agreement(assessment) if found is None else found
    return [one for one in found if one.agreed is None and one.is_unanimous and len(one.answers) >= least]


@dataclass(frozen=True)
class DomainAgreement:
    """A domain: how many items are agreed, on which open ones all chose the ``same``, which are to ``talk`` about."""

    domain: Domain
    agreed: int
    same: tuple[ItemAgreement, ...]
    talk: tuple[ItemAgreement, ...]

    @property
    def total(self) -> int:
        return self.agreed + len(self.same) + len(self.talk)


def by_domain(assessment: Assessment, found: Iterable[ItemAgreement] | None = None) -> list[DomainAgreement]:
    """The domains in the order of the pages, from ``found`` (as ``agreement`` gives it)."""
    found = agreement(assessment) if found is None else list(found)
    same = {one.item.pk for one in unanimous(assessment, found)}
    domains: dict[Domain, list[ItemAgreement]] = {}
    for one in sorted(found, key=lambda one: (one.item.domain.position, one.item.position)):
        domains.setdefault(one.item.domain, []).append(one)
    return [
        DomainAgreement(
            domain,
            agreed=sum(one.agreed is not None for one in rows),
            same=tuple(one for one in rows if one.item.pk in same),
            talk=tuple(one for one in rows if one.agreed is None and one.item.pk not in same),
        )
        for domain, rows in domains.items()
    ]


def _one(item: Item, answers: list[MemberAnswer], agreed: AgreedAnswer | None) -> ItemAgreement:
    scores = [scoring.item_score(one.level.position, item.highest) for one in answers if one.level is not None]
    spread = max(scores) - min(scores) if len(scores) > 1 else None
    return ItemAgreement(item, tuple(answers), spread, agreed)
