"""Writing practices and their sites."""

from django.db import transaction

from accounts.models import User
from core import clock
from core.services import record
from practices import likeness
from practices.models import Practice, Site
from practices.services.refusals import FactsChanged, PracticeMerged, PracticeRefused

MOST_SITES = 100


@transaction.atomic
def create_practice(
    *,
    name: str,
    city: str,
    region: str = "",
    country: str = "US",
    by: User | None,
    is_synthetic: bool = False,
    **facts: object,
) -> Practice:
    """Enter a practice once. ``facts``: any other of ``models.FACTS``.

    Whether it is there already is not looked for here: that would tell applicants about others. Staff find out and merge.
    """
    practice = Practice(
        name=name.strip(),
        city=city.strip(),
        region=region,
        country=country,
        is_synthetic=is_synthetic,
        created_at=clock.now(),
        **facts,
    )
    fold(practice)
    practice.save()
    record("practice.created", practice, by=by)
    return practice


def fold(practice: Practice) -> list[str]:
    """Set the columns by which likely duplicates are found; return their names. Nothing is saved."""
    found = likeness.folds(
        name=practice.name,
        street=practice.street,
        postal_code=practice.postal_code,
        city=practice.city,
        country=str(practice.country),
        domain=practice.domain,
    )
    for name, value in found.items():
        setattr(practice, name, value)
    return list(found)


def hold(practice: Practice) -> Practice:
    """The practice as it is now, its row held until the transaction ends, so that nobody merges it meanwhile.

    Raises:
        PracticeMerged: somebody did.
    """
    stored = Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
    if stored.merged_into_id is not None:
        raise PracticeMerged(
            "Staff merged this practice with another entry of it a moment ago. Go back and open it again."
        )
    return stored


def hold_kept(practice: Practice) -> Practice:
    """As ``hold``; of a practice that was merged, the one that was kept."""
    stored = Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
    while stored.merged_into_id is not None:
        stored = Practice.objects.select_for_update(no_key=True).get(pk=stored.merged_into_id)
    return stored


@transaction.atomic
def update_practice(practice: Practice, *, by: User | None, seen: str = "", **facts: object) -> Practice:
    """Change facts of a practice for all of its teams; nothing is written where nothing changes.

    ``seen`` is ``stamp`` of the practice as the person saw it; empty: they did not look.

    Raises:
        FactsChanged: the facts are not as they were seen, and would be overwritten unseen.
        PracticeMerged: it was merged into another one.
    """
    stored = hold(practice)
    changed = sorted(name for name, value in facts.items() if getattr(stored, name) != value)
    if changed and seen and seen != stamp(stored):
        raise FactsChanged(
            "Somebody else changed these facts while you were at work. Compare them with yours, and save again to keep yours."
        )
    for name, value in facts.items():
        setattr(stored, name, value)
        setattr(practice, name, value)
    if changed:
        stored.changed_at = practice.changed_at = clock.now()
        stored.save(update_fields=[*changed, "changed_at", *fold(stored)])
        record("practice.updated", practice, by=by, fields=changed)
    return practice


def stamp(practice: Practice) -> str:
    """Which state of the facts this is, for a form to send back."""
    return practice.as_of.isoformat()


@transaction.atomic
def add_site(practice: Practice, *, name: str, city: str, by: User, region: str = "", country: str = "") -> Site:
    """Add a place where the practice sees patients. ``country`` only where it is not the practice's own.

    Raises:
        PracticeRefused: a site of that name is there; too many sites.
        PracticeMerged: the practice was merged into another one.
    """
    held = hold(practice)
    if held.sites.count() >= MOST_SITES:
        raise PracticeRefused(f"A practice has at most {MOST_SITES} sites here. Remove one first.")
    _refuse_second(held, name)
    site = Site.objects.create(practice=held, name=name.strip(), city=city.strip(), region=region, country=country)
    note_sites_changed(held, by=by)
    return site


@transaction.atomic
def change_site(site: Site, *, by: User, **facts: object) -> Site:
    """Correct ``name``, ``city``, ``region`` or ``country`` of a site; nothing is written where nothing changes.

    Raises:
        PracticeRefused, PracticeMerged: see ``add_site``; the site was removed.
    """
    held = hold(site.practice)
    stored = _stored(site)
    if "name" in facts:
        _refuse_second(held, str(facts["name"]), but=stored)
    changed = sorted(name for name, value in facts.items() if getattr(stored, name) != value)
    for name, value in facts.items():
        setattr(stored, name, value)
    if changed:
        stored.save(update_fields=changed)
        note_sites_changed(held, by=by)
    return stored


@transaction.atomic
def remove_site(site: Site, *, by: User) -> None:
    """Take a site out. What was submitted keeps it in its sealed copy.

    Raises:
        PracticeRefused: it was removed already.
        PracticeMerged: the practice was merged into another one.
    """
    held = hold(site.practice)
    _stored(site).delete()
    note_sites_changed(held, by=by)


def _stored(site: Site) -> Site:
    stored = Site.objects.filter(pk=site.pk).first()
    if stored is None:
        raise PracticeRefused("Somebody else removed this site a moment ago.")
    return stored


def _refuse_second(practice: Practice, name: str, *, but: Site | None = None) -> None:
    """Called with the practice's row held, so that two at once are one after the other."""
    others = practice.sites.exclude(pk=but.pk) if but else practice.sites.all()
    if others.filter(name__iexact=name.strip()).exists():
        raise PracticeRefused(f"There is a site called {name.strip()} already. Give this one another name.")


def note_sites_changed(practice: Practice, *, by: User) -> None:
    """Leave the audit row of sites that were just written; call it in the same transaction."""
    Practice.objects.filter(pk=practice.pk).update(changed_at=clock.now())
    record("practice.sites_changed", practice, by=by, fields=["sites"])
