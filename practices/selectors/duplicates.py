"""Practices that were probably entered twice. For staff alone: applicants never learn that another entry exists."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import Enum

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from practices import likeness
from practices.models import Affiliation, Member, Practice
from practices.selectors.apart import Apart, apart_now, still_alike, told_apart


class Reason(Enum):
    """Why two entries may be one practice, the strongest first."""

    NAME = _("Same name")
    ADDRESS = _("Same street and postal code")
    DOMAIN = _("Same web or email domain, theirs or their people's")
    ALIKE = _("Similar name in the same city")

    @property
    def words(self) -> str:
        return str(self.value)


ORDER = list(Reason)


@dataclass(frozen=True)
class Likely:
    """A practice that may be the same as the one asked about, and why."""

    practice: Practice
    reasons: tuple[Reason, ...]


def likely_duplicates(practice: Practice) -> list[Likely]:
    """The entries that may be this practice, those with the most reasons first; four queries, however many there are.

    What was merged is left out, and so are synthetic entries beside a real one, and those that staff told apart from it.
    """
    if practice.merged_into_id is not None:
        return []
    domains = _domains_of(practice)
    of_people = _practices_of(domains)
    found = Q(pk__in=of_people) | (Q(folded_domain__in=domains) if domains else Q(pk__in=[]))
    for column in ("folded_name", "folded_address", "folded_place"):
        if value := getattr(practice, column):
            found |= Q(**{column: value})
    others = Practice.objects.filter(found, merged_into=None, is_synthetic=practice.is_synthetic)
    apart = {told.other.pk for told in told_apart(practice) if told.holds}
    likely = []
    for other in others.exclude(pk__in=apart | {practice.pk}):
        shares_domain = other.pk in of_people or other.folded_domain in domains
        if reasons := _reasons(practice, other, shares_domain=shares_domain):
            likely.append(Likely(other, reasons))
    return sorted(likely, key=lambda one: ([ORDER.index(why) for why in one.reasons][:1], -len(one.reasons)))


def _reasons(one: Practice, other: Practice, *, shares_domain: bool) -> tuple[Reason, ...]:
    is_same_name = bool(one.folded_name) and one.folded_name == other.folded_name
    is_same_place = bool(one.folded_place) and one.folded_place == other.folded_place
    names = one.folded_name, other.folded_name
    holds = {
        Reason.NAME: is_same_name,
        Reason.ADDRESS: bool(one.folded_address) and one.folded_address == other.folded_address,
        Reason.DOMAIN: shares_domain,
        Reason.ALIKE: is_same_place and not is_same_name and likeness.is_alike(*names, one.folded_place),
    }
    return tuple(reason for reason in ORDER if holds[reason])


def _domains_of(practice: Practice) -> set[str]:
    """Its own domain and those of its people's addresses, without the public mail providers."""
    of_teams = Member.objects.current().filter(team__practice=practice).order_by().values_list("user__email")
    let_in = Affiliation.objects.filter(practice=practice, ended_at=None).values_list("user__email")
    found = {likeness.folded_domain(email) for (email,) in of_teams.union(let_in)}
    return (found | {practice.folded_domain}) - {""}


def _practices_of(domains: set[str]) -> set[int]:
    """Whose people have an address with one of these domains."""
    has_it = Q(pk__in=[])
    for domain in sorted(domains):
        has_it |= Q(user__email__iendswith=f"@{domain}")
    of_teams = Member.objects.current().filter(has_it).order_by().values_list("team__practice")
    let_in = Affiliation.objects.filter(has_it, ended_at=None).values_list("practice")
    return {pk for (pk,) in of_teams.union(let_in)}


def with_likely_duplicates() -> set[int]:
    """Every practice for which ``likely_duplicates`` finds something, in four queries and one walk over all of them."""
    rows = Practice.objects.filter(merged_into=None).order_by("pk")
    columns = ("pk", "is_synthetic", "folded_name", "folded_address", "folded_place", "folded_domain")
    alike: dict[Hashable, set[int]] = defaultdict(set)
    places: dict[tuple[bool, str], list[tuple[int, str]]] = defaultdict(list)
    is_synthetic_of = {}
    for pk, is_synthetic, name, address, place, domain in rows.values_list(*columns):
        is_synthetic_of[pk] = is_synthetic
        for kind, value in (("name", name), ("address", address), ("domain", domain)):
            if value:
                alike[kind, is_synthetic, value].add(pk)
        if place and name:
            places[is_synthetic, place].append((pk, name))
    for pk, domain in _domains_of_people():
        if domain and pk in is_synthetic_of:
            alike["domain", is_synthetic_of[pk], domain].add(pk)
    apart = apart_now()
    found = {pk for group in alike.values() for pk in still_alike(group, apart)}
    for (_is_synthetic, place), named in places.items():
        similar = {named[at][0] for at in likeness.with_alike([name for _pk, name in named], place)}
        found |= {pk for pk in similar if pk not in apart or _has_another(pk, named, place, apart)}
    return found


def _has_another(pk: int, named: list[tuple[int, str]], place: str, apart: Apart) -> bool:
    """Whether one that was told apart from some is like yet another one of its place."""
    others = [name for other, name in named if other != pk and other not in apart[pk]]
    return any(likeness.is_alike(dict(named)[pk], name, place) for name in others)


def _domains_of_people() -> Iterable[tuple[int, str]]:
    of_teams = Member.objects.current().order_by().values_list("team__practice", "user__email")
    let_in = Affiliation.objects.filter(ended_at=None).values_list("practice", "user__email")
    for rows in (of_teams, let_in):
        for pk, email in rows.distinct().iterator(chunk_size=2000):
            yield pk, likeness.folded_domain(email)
