"""Applications to one call that may be the same twice: a warning for staff. Applicants never see a hint of it."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import Application
from applications.selectors.intake import IN_PLAY
from practices.models import Member, MemberRole
from practices.selectors import Apart, apart_now, likely_duplicates, still_alike

# What of a practice is compared, folded: case, punctuation and the likes of “Inc.” aside.
FOLDED = ("folded_name", "folded_domain", "folded_address")


@dataclass(frozen=True)
class Similar:
    """Another application to the same call, and why it looks like this one."""

    application: Application
    reasons: tuple[str, ...]


def similar_to(application: Application) -> list[Similar]:
    """The other applications to the call with the same leader or practice, or one that was likely entered twice.

    Only those in play; as many queries for ten thousand as for ten.
    """
    team = application.enrollment.team
    leaders = Member.objects.current().filter(role=MemberRole.LEADER)
    leader = leaders.filter(team=team).values_list("user", flat=True).first()
    reasons = {team.practice_id: ("Same practice",)}
    for likely in likely_duplicates(team.practice):
        reasons[likely.practice.pk] = tuple(
            f"Practice: {why.words[:1].lower()}{why.words[1:]}" for why in likely.reasons
        )
    others = Application.objects.filter(call=application.call_id, state__in=IN_PLAY).exclude(pk=application.pk)
    same_leader = leaders.filter(team=OuterRef("enrollment__team"), user=leader)
    rows = others.annotate(is_led_by_same=Exists(same_leader))
    rows = rows.filter(Q(enrollment__team__practice__in=reasons) | Q(is_led_by_same=True))
    rows = rows.select_related("enrollment__team__practice").order_by("pk")
    return [Similar(row, _reasons(row, reasons)) for row in rows]


def _reasons(row: Application, of_practices: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    of_leader = ("Same team leader",) if row.is_led_by_same else ()
    return of_leader + of_practices.get(row.enrollment.team.practice_id, ())


def with_possible_duplicates(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those in play whose practice, its name, domain or address, or whose leader, stands in another one to the same call.

    Compared here and not in the database, which would look for each among all: three queries, and one pass over plain values.
    """
    practice = "enrollment__team__practice"
    rows = Application.objects.filter(state__in=IN_PLAY).order_by()
    columns = [f"{practice}__{name}" for name in FOLDED]
    leaders = Member.objects.current().filter(role=MemberRole.LEADER, team__enrollments__application__in=rows)
    leads = dict(leaders.values_list("team_id", "user_id"))
    alike: dict[tuple, set[int]] = defaultdict(set)
    practice_of: dict[int, int] = {}
    apart = apart_now()
    for pk, call, team, key, *folded in rows.values_list("pk", "call_id", "enrollment__team_id", practice, *columns):
        practice_of[pk] = key
        alike[call, "practice", key].add(pk)
        if team in leads:
            alike[call, "leader", leads[team]].add(pk)
        for name, value in zip(FOLDED, folded, strict=True):
            if value:
                alike[call, name, value].add(pk)
    found = {
        pk for (_call, why, *_), keys in alike.items() if len(keys) > 1 for pk in _warned(why, keys, practice_of, apart)
    }
    return applications.filter(pk__in=found)


def _warned(why: str, keys: set[int], practice_of: dict[int, int], apart: Apart) -> set[int]:
    """Of applications that share something, those whose practice staff have not told apart from every other there."""
    practices = {practice_of[pk] for pk in keys}
    if why not in FOLDED or len(practices) == 1:
        return keys
    still = still_alike(practices, apart)
    return {pk for pk in keys if practice_of[pk] in still}
