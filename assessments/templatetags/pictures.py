"""The pictures of a team's rounds and of its cohort, as charts with their words."""

from fractions import Fraction

from django import template
from django.template.context import Context
from django.utils.translation import gettext as _

from assessments import permissions, receipts, selectors
from assessments.models import Assessment, Comparison
from core.charts import Point, Row, Svg, rows_chart
from programs.models import Cohort

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
    return _("Items at the highest level: %(top)s of %(total)s; at the lowest: %(bottom)s") % words


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


@register.simple_tag
def report_chart(contents: receipts.Contents) -> Svg:
    """The domain profile of a report of findings, from its sealed figures."""
    description = _("One line a domain, from 0 to %(max)s. %(key)s The table holds the same figures.")
    return rows_chart(
        receipts.chart_rows(contents),
        name="report-profile",
        title=contents.profile_title,
        description=description % {"max": contents.display_max, "key": receipts.chart_key(contents)},
        ends=("0", str(contents.display_max)),
    )


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


@register.inclusion_tag("assessments/comparison_picture.html")
def comparison_picture(shown: selectors.Compared) -> dict[str, object]:
    """The frozen bands, with the place of the reader's own team where there is one."""
    title, highest = _comparison_finding(shown), shown.display_max
    description = _(
        "One line a domain, from 0 to %(max)s. The broad band is where the middle half of the teams lies, the upright bar "
        "the median; a diamond is the reader's own team. The table holds the same figures."
    )
    chart = rows_chart(
        [_compared_row(one) for one in shown.domains],
        name="comparison-picture",
        title=title,
        description=description % {"max": highest},
        ends=("0", str(highest)),
    )
    return {"shown": shown, "title": title, "chart": chart}


def _comparison_finding(shown: selectors.Compared) -> str:
    bands = [one for one in shown.domains if one.band]
    if not bands:
        return _("No domain can be shown without telling a team")
    with_own = [one for one in bands if one.own is not None]
    if with_own:
        above = sum(one.own > one.band.median for one in with_own)
        words = {"above": above, "total": len(with_own)}
        return _("Your team is above the cohort's median in %(above)s of %(total)s domains shown") % words
    high, low = max(bands, key=lambda one: one.band.median), min(bands, key=lambda one: one.band.median)
    words = {"high": high.title, "high_score": high.median, "low": low.title, "low_score": low.median}
    if high.median == low.median:
        return _("The median is %(high_score)s in every domain shown") % words
    return _("The median is highest in %(high)s (%(high_score)s), lowest in %(low)s (%(low_score)s)") % words


def _compared_row(one: selectors.ComparedDomain) -> Row:
    points, words = [], _("Not shown")
    if one.band:
        figures = {"domain": one.title, "lower": one.lower, "median": one.median, "upper": one.upper, "n": one.band.n}
        label = _("%(domain)s, %(n)s teams: median %(median)s, middle half from %(lower)s to %(upper)s") % figures
        points.append(Point(one.band.median, "bar", label))
        words = _("%(lower)s–%(upper)s, median %(median)s") % figures
    if one.own is not None:
        figures = {"domain": one.title, "score": one.own_shown}
        points.append(Point(one.own, "diamond", _("%(domain)s, your team: %(score)s") % figures))
        words += _(" · your team %(score)s") % figures
    return Row(one.title, points, words, band=(one.band.lower, one.band.upper) if one.band else None)


@register.inclusion_tag("assessments/comparison_links.html", takes_context=True)
def comparison_links(context: Context, cohort: Cohort) -> dict[str, object]:
    """Which rounds of a cohort have a comparison that the reader may see; and for staff the page of all scores. One query."""
    user = context["request"].user
    frozen = Comparison.objects.visible_to(user).filter(milestone__cohort=cohort).select_related("milestone")
    return {
        "cohort": cohort,
        "frozen": frozen.order_by("milestone__ends_on", "pk"),
        "sees_scores": permissions.can_compare(user),
    }
