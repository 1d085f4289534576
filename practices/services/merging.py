"""Making two entries of one practice one: what belonged to the one that goes belongs to the other from then on."""

from collections.abc import Collection

from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import User
from core import clock
from core.services import record
from practices.models import FACTS, Affiliation, Invitation, Practice, Site, Team, ToldApart
from practices.services.affiliations import end_affiliation
from practices.services.invitations import revoke_invitation
from practices.services.practices import fold
from practices.services.refusals import MergeRefused


@transaction.atomic
def merge(kept: Practice, gone: Practice, *, facts: Collection[str] = (), by: User) -> Practice:
    """Merge ``gone`` into ``kept`` and return it as it is then. There is no way back.

    ``facts`` names the facts whose value is taken from ``gone``. Teams (with their applications), sites, who was let in and
    invitations move; a site of the same name and city, a second affiliation of one person and a second open invitation of one
    address end. Of a site of the same name elsewhere the city is added to its name. What was merged into ``gone`` before
    points to ``kept``, so that one step always leads to the practice that goes on. Sealed copies stay as they were.

    Raises:
        MergeRefused: a practice with itself; one of the two was merged already; a synthetic one with a real one.
    """
    if unknown := set(facts) - set(FACTS):
        raise ValueError(f"No facts of a practice: {sorted(unknown)}")
    if kept.pk == gone.pk:
        raise MergeRefused("This is one and the same practice. Choose another one.")
    kept, gone = held(kept, gone)
    _refuse(kept, gone)
    changed = sorted(name for name in facts if getattr(kept, name) != getattr(gone, name))
    for name in changed:
        setattr(kept, name, getattr(gone, name))
    moved = _move(kept, gone, by)
    now = clock.now()
    if changed or "sites" in moved:
        kept.changed_at = now
        kept.save(update_fields=[*changed, "changed_at", *fold(kept)])
    Practice.objects.filter(merged_into=gone).update(merged_into=kept)
    gone.merged_into, gone.merged_at, gone.merged_by = kept, now, by
    gone.save(update_fields=["merged_into", "merged_at", "merged_by"])
    _end_told_apart(kept, gone, by)
    record("practice.took_over", kept, by=by, fields=[*changed, *moved])
    record("practice.merged", gone, by=by)
    return kept


def _end_told_apart(kept: Practice, gone: Practice, by: User) -> None:
    """What somebody said of the two before is over."""
    first, second = sorted((kept.pk, gone.pk))
    said = ToldApart.objects.filter(first=first, second=second, ended_at=None)
    said.update(ended_at=clock.now(), ended_by=by)


def held(kept: Practice, gone: Practice) -> tuple[Practice, Practice]:
    """Both rows as they are now, held in the order of their keys: two merges of the same two never wait for each other."""
    keys = sorted((kept.pk, gone.pk))
    rows = {key: Practice.objects.select_for_update().get(pk=key) for key in keys}
    return rows[kept.pk], rows[gone.pk]


def _refuse(kept: Practice, gone: Practice) -> None:
    for one in (kept, gone):
        if one.merged_into_id is not None:
            raise MergeRefused(f"{one.name} was merged into {one.merged_into} already. Choose that one instead.")
    if kept.is_synthetic != gone.is_synthetic:
        raise MergeRefused("One of the two is synthetic. A made-up practice is not merged with a real one.")


def _move(kept: Practice, gone: Practice, by: User) -> list[str]:
    """Hand everything over; return the words of what there was."""
    moves = {
        "teams": Team.objects.filter(practice=gone).update(practice=kept),
        "sites": _move_sites(kept, gone),
        "affiliations": _move_affiliations(kept, gone, by),
        "invitations": _move_invitations(kept, gone, by),
    }
    return [name for name, count in moves.items() if count]


def _move_sites(kept: Practice, gone: Practice) -> int:
    there = {site.name.casefold(): site for site in kept.sites.all()}
    moved = list(gone.sites.all())
    for site in moved:
        same = there.get(site.name.casefold())
        if same is not None and same.city.casefold() == site.city.casefold():
            site.delete()
            continue
        if same is not None:
            site.name = _other_name(site, there)
        site.practice = kept
        site.save(update_fields=["practice", "name"])
        there[site.name.casefold()] = site
    return len(moved)


def _other_name(site: Site, there: Collection[str]) -> str:
    """The name with its city behind it, and a number where even that is taken."""
    ending, number = f" ({site.city})", 1
    while (name := f"{site.name[: 200 - len(ending)]}{ending}").casefold() in there:
        number += 1
        ending = f" ({site.city} {number})"
    return name


def _move_affiliations(kept: Practice, gone: Practice, by: User) -> int:
    rows = Affiliation.objects.filter(practice=gone)
    in_both = kept.affiliations.filter(ended_at=None).values("user")
    for second in rows.filter(ended_at=None, user__in=in_both):
        end_affiliation(second, by=by)
    return rows.update(practice=kept)


def _move_invitations(kept: Practice, gone: Practice, by: User) -> int:
    rows, ended = Invitation.objects.filter(practice=gone), {"accepted_at": None, "revoked_at": None}
    addresses = Invitation.objects.filter(practice=kept, **ended).values(address=Lower("email"))
    for second in rows.filter(**ended).alias(address=Lower("email")).filter(address__in=addresses):
        revoke_invitation(second, by=by)
    return rows.update(practice=kept)
