"""Taking out who somebody is. What they did stays: figures and other people's history rest on it."""

from django.db import transaction

from accounts.models import User
from accounts.services import forgetting as accounts
from applications.services import forgetting as applications
from core import clock
from core.refusals import Refused
from notifications.services import forgetting as mail
from practices.models import Sponsor
from practices.services import forgetting as practices
from privacy import selectors
from privacy.models import Removal
from privacy.selectors.people import addresses_of, applications_of, by_address
from programs.models import CalendarFeed, Supporter
from programs.services import end_supporter


class RemovalRefused(Refused):
    """This person cannot be removed now; the sentence says what has to be done first."""


def check(person: User, *, by: User | None) -> None:
    """Raise RemovalRefused where ``person`` cannot be removed now."""
    if by is not None and by.pk == person.pk:
        raise RemovalRefused("Another member of the staff has to remove you.")
    if person.is_removed or selectors.was_removed(person):
        raise RemovalRefused("This person was removed already.")
    if person.is_staff:
        raise RemovalRefused(f"{person.name} belongs to the staff. Change the role first, so that the access ends.")
    led = [team.name for team in selectors.teams_led(person)]
    if led:
        raise RemovalRefused(f"{person.name} leads {', '.join(led)}. Hand the lead over first.")


def obstacle(person: User, *, by: User | None) -> str:
    """The sentence with which ``anonymise`` would refuse now; empty where it would not."""
    try:
        check(person, by=by)
    except RemovalRefused as refusal:
        return str(refusal)
    return ""


@transaction.atomic
def anonymise(person: User, *, by: User | None, reason: str) -> Removal:
    """Make ``person`` a “Removed person” for good. ``reason`` is kept, so it names nobody.

    Name, addresses, member number, password and factors go; memberships and support end; waiting mail is cancelled and
    written mail blanked; invitations, sponsorships and sealed copies lose the person. Profession, role, dates, attendance,
    answers and comments stay. Texts that people wrote are not searched.

    Raises:
        RemovalRefused: oneself, staff, the leader of a team under way, somebody who was removed, no reason.
        notifications.services.forgetting.BeingSent: a mail to the person is on its way this moment.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    check(person, by=by)
    if not reason.strip():
        raise RemovalRefused("Say why, without naming anybody: the reason is kept.")
    addresses = addresses_of(person)
    sealed = list(applications_of(person).values_list("pk", flat=True))
    practices.leave_all(person, by=by)
    for supporter in Supporter.objects.filter(user=person, until_on=None).select_related("enrollment__cohort", "user"):
        end_supporter(supporter, by=by)
    CalendarFeed.objects.filter(user=person).delete()
    mail.forget(person, addresses)
    applications.forget_signatures(
        Sponsor.objects.filter(by_address("email", addresses))
    )  # before they lose the address
    practices.forget_addresses(addresses)
    applications.forget_in_sealed(sealed, person, addresses, by=by)
    removal = Removal.objects.create(user=person, reason=reason.strip()[:200], applied_at=clock.now(), person=by)
    accounts.forget(person, by=by)
    return removal
