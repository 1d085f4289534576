"""Reads on one practice: its facts in words, and who may apply for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from practices.models import FACTS, Affiliation, Member, Practice, Site, Team


@dataclass(frozen=True)
class Fact:
    """One line about a practice; ``value`` is empty where nobody has said."""

    label: str
    value: str


def facts_of(practice: Practice) -> list[Fact]:
    """What is known of a practice, in words."""
    words = words_of(practice)
    return [
        Fact(_("Practice"), practice.name),
        Fact(_("Address"), _listed(practice.street, practice.postal_code)),
        Fact(_("Place"), _listed(practice.city, practice.region, words["country"])),
        Fact(_("Setting"), words["setting"]),
        Fact(_("Location"), words["rurality"]),
        Fact(_("Oncologists"), words["oncologists"]),
        Fact(_("Patients from underserved groups"), words["underserved_percent"]),
        Fact(_("Health system"), practice.health_system),
        Fact(_("Web or email domain"), practice.domain),
    ]


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def words_of(practice: Practice) -> dict[str, str]:
    """Every fact by its name, as it is read: “Community practice”, “40%”."""
    share = "" if practice.underserved_percent is None else f"{practice.underserved_percent}%"
    shown = {
        "country": str(practice.country.name),
        "setting": practice.get_setting_display(),
        "rurality": practice.get_rurality_display(),
        "oncologists": "" if practice.oncologists is None else str(practice.oncologists),
        "underserved_percent": share,
    }
    return {name: shown.get(name, str(getattr(practice, name) or "")) for name in FACTS}


def labels() -> dict[str, str]:
    """What each fact is called, by its name."""
    return {name: str(Practice._meta.get_field(name).verbose_name).capitalize() for name in FACTS}


def counted(practices: QuerySet[Practice]) -> QuerySet[Practice]:
    """Each with ``team_count`` and ``site_count``, in the same query; counted only for the rows that are read."""
    return practices.annotate(team_count=_count(Team), site_count=_count(Site))


def _count(model: type[Team] | type[Site]) -> Coalesce:
    rows = model._default_manager.filter(practice=OuterRef("pk")).order_by().values("practice")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def let_in_now(practice: Practice) -> QuerySet[Affiliation]:
    """Who was let in, apart from its teams' members: in the order in which they came."""
    return practice.affiliations.filter(ended_at=None).select_related("user", "let_in_by").order_by("let_in_at", "id")


def may_apply(user: User, practice: Practice) -> bool:
    """Whether ``user`` belongs to one of its teams now, or was let in."""
    of_team = Member.objects.current().filter(team__practice=practice, user=user)
    return of_team.exists() or practice.affiliations.filter(user=user, ended_at=None).exists()


def what_differs(practice: Practice, values: Mapping[str, object]) -> list[Fact]:
    """What is stored of the facts that ``values`` would change, in words: to be read beside somebody's own words."""
    words, called = words_of(practice), labels()
    return [
        Fact(called[name], words[name] or _("empty"))
        for name in FACTS
        if name in values and getattr(practice, name) != values[name]
    ]
