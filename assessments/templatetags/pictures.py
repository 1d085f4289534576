"""The pictures of a team's rounds and of its cohort, as charts with their words."""

from fractions import Fraction

from django import template
from django.utils.translation import gettext as _

from assessments import selectors
from assessments.models import Assessment
from core.charts import Point, Row, Svg, rows_chart

register = template.Library()


@register.inclusion_tag("assessments/result_profile.html")
def team_profile(assessment: Assessment) -> dict[str, object]:
    """The domains from the baseline to this round, every item's levels, and the figures behind. Nothing while it is open."""
    profile = selectors.profile(assessment)
    if profile is None:
        return {}
    return {
        "assessment": assessment,
        "profile": profile,
        "title": finding(profile),
        "chart": domain_chart(profile),
        "display_max": assessment.version.display_max,
        "figures": [
            (line, tuple(result and selectors.figure_of(result) for result in line.results)) for line in profile.domains
        ],
        "overall": tuple(selectors.overall_figure(one) for one in profile.scores),
        "heat": heat_finding(profile),
    }


def finding(profile: selectors.Profile) -> str:
    """What the picture of the domains shows, as a sentence."""
    latest, moved = profile.scores[-1], profile.most_moved
    if moved:
        first = profile.rounds[0].milestone.title
        names = ", ".join(f"{line.domain.title} ({line.moved_shown})" for line in moved[:2])
        return _("Moved most since “%(round)s”: %(domains)s") % {"round": first, "domains": names}
    if any(line.moved == 0 for line in profile.domains):
        return _("No domain has moved since “%(round)s”") % {"round": profile.rounds[0].milestone.title}
    words = {"max": latest.display_max}
    if latest.highest is None or latest.lowest is None:
        return _("No domain has enough data for a score")
    if latest.highest.shown == latest.lowest.shown:
        return _("Every scored domain stands at %(score)s of %(max)s") % (words | {"score": latest.highest.shown})
    words |= {"high": latest.highest.domain.title, "high_score": latest.highest.shown}
    words |= {"low": latest.lowest.domain.title, "low_score": latest.lowest.shown}
    return _("Of %(max)s: highest in %(high)s (%(high_score)s), lowest in %(low)s (%(low_score)s)") % words


def heat_finding(profile: selectors.Profile) -> str:
    """How many items stand at their highest level now, and how many at the lowest."""
    now = [line.cells[-1] for line in profile.items]
    words = {
        "top": sum(cell.step == 4 for cell in now),
        "bottom": sum(cell.step == 0 for cell in now),
        "total": len(now),
    }
    return _("Of %(total)s items %(top)s are at the highest level, %(bottom)s at the lowest") % words


def domain_chart(profile: selectors.Profile) -> Svg:
    """The dumbbells: hollow for the first round, ticks between, filled for the latest."""
    highest = profile.scores[-1].display_max
    description = _(
        "One line a domain, from 0 to %(max)s. Hollow circle: the first round; filled circle: the latest; ticks: rounds "
        "between. The thin line with ends is what unanswered items leave open. The table holds the same figures."
    )
    return rows_chart(
        [_row(line, profile) for line in profile.domains],
        name="profile",
        title=finding(profile),
        description=description % {"max": highest},
        ends=("0", str(highest)),
    )


def _row(line: selectors.DomainLine, profile: selectors.Profile) -> Row:
    points = []
    for number, (result, round_) in enumerate(zip(line.results, profile.rounds, strict=True)):
        if result is None or result.score is None:
            continue
        shape = "filled" if number == len(profile.rounds) - 1 else "tick" if number else "hollow"
        words = {"domain": line.domain.title, "round": round_.milestone.title, "score": result.shown}
        points.append(Point(result.score, shape, _("%(domain)s, %(round)s: %(score)s") % words))
    return Row(line.domain.title, points, _words(line), _open(line.latest), joined=True)


def _words(line: selectors.DomainLine) -> str:
    latest = line.latest
    if latest.score is None:
        reason = _("No score: too few items have a level")
        return reason if latest.completeness.applicable else _("Not applicable to this site")
    figures = " → ".join(one.shown if one and one.score is not None else "–" for one in line.results)
    words = [figures if not line.moved_shown else f"{figures} ({line.moved_shown})"]
    words.append(_("%(answered)s of %(applicable)s items") % vars(latest.completeness))
    if latest.open_between:
        low, high = latest.open_between
        words.append(_("open from %(low)s to %(high)s") % {"low": low, "high": high})
    return " · ".join(words)


def _open(latest: selectors.DomainResult) -> tuple[Fraction, Fraction] | None:
    interval = latest.result.interval
    return (interval.low, interval.high) if interval and latest.open_between else None


@register.inclusion_tag("assessments/change_picture.html")
def movement_picture(movement: selectors.Movement) -> dict[str, object]:
    """The domains of two rounds on their shared items, with the table behind."""
    rounds = (movement.before, movement.after)
    changes = [one.change for one in movement.domains]
    highest = movement.after.version.display_max
    description = _("One line a domain, from 0 to %(max)s, on the items that both rounds ask in the same way.")
    title = _change_finding(movement)
    return {
        "title": title,
        "rounds": rounds,
        "changes": changes,
        "display_max": highest,
        "chart": rows_chart(
            [_change_row(one, rounds) for one in changes],
            name="change-picture",
            title=title,
            description=description % {"max": highest},
            ends=("0", str(highest)),
        ),
    }


def _change_finding(movement: selectors.Movement) -> str:
    moved = movement.most_moved
    if moved:
        names = ", ".join(f"{one.domain.title} ({one.moved_shown})" for one in moved[:3])
        return _("Moved most: %(domains)s") % {"domains": names}
    if any(one.change.moved == 0 for one in movement.domains):
        return _("No domain has moved")
    return _("No domain has a score in both rounds")


def _change_row(one: selectors.DomainChange, rounds: tuple[Assessment, Assessment]) -> Row:
    points = []
    for result, round_, shape in zip((one.before, one.after), rounds, ("hollow", "filled"), strict=True):
        if result.score is not None:
            words = {"domain": one.domain.title, "round": round_.milestone.title, "score": result.shown}
            points.append(Point(result.score, shape, _("%(domain)s, %(round)s: %(score)s") % words))
    figures = f"{one.before.shown or '–'} → {one.after.shown or '–'}"
    words = f"{figures} ({one.moved_shown})" if one.moved_shown else figures
    return Row(one.domain.title, points, words, _open(one.after), joined=True)
