"""A round in the middle, for the demonstration: most have answered alone and differ, one has only begun."""

from random import Random

from accounts.models import User
from assessments import services
from assessments.models import AnswerKind, Assessment, Item, Priority
from practices.selectors import core_team
from programs.models import Enrollment, Milestone

AGREED = 3  # items that those who have finished have agreed on already


def half_way(enrollment: Enrollment, milestone: Milestone, rng: Random, *, begun_by: User) -> Assessment:
    """Start the round; ``begun_by`` answers some items alone, everybody else all, and they agree on a few."""
    others = [member.user for member in core_team(enrollment.team) if member.user != begun_by]
    assessment = services.start_assessment(enrollment, milestone, by=others[0])
    items = list(Item.objects.filter(domain__version=assessment.version).prefetch_related("levels").order_by("pk"))
    for person in others:
        services.answer_alone(assessment, [_answer(item, rng) for item in items], by=person)
        services.finish_turn(assessment, by=person)
    services.answer_alone(assessment, [_answer(item, rng) for item in items[: len(items) // 2]], by=begun_by)
    words = "Synthetic: the minutes of the spring meeting."
    for said in assessment.member_answers.filter(saved_by=others[0]).select_related("item", "level")[:AGREED]:
        services.agree(
            assessment,
            said.item,
            kind=said.kind,
            level=said.level,
            evidence=words,
            priority=Priority.MEDIUM,
            by=others[0],
        )
    return assessment


def _answer(item: Item, rng: Random) -> services.OwnAnswer:
    if item.allows_no_data and rng.random() < 0.1:
        return services.OwnAnswer(item, AnswerKind.NO_DATA, note="Synthetic: nobody counts this yet.")
    level = rng.choice(list(item.levels.all()))
    note = "Synthetic: as I see it in the clinic." if rng.random() < 0.4 else ""
    return services.OwnAnswer(item, AnswerKind.LEVEL, level, note)
