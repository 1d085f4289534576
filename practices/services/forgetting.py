"""Taking a person's name and address out of teams, invitations and sponsorships."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from accounts.models import REMOVED_NAME, User
from accounts.services.forgetting import removed_address
from core.services import record
from practices.models import Affiliation, Invitation, Member, MemberRole, Sponsor
from practices.services.affiliations import end_affiliation
from practices.services.teams import end_membership, leave

REASON = "The person was removed."


@transaction.atomic
def leave_all(person: User, *, by: User | None) -> int:
    """End every membership, and blank the reasons of earlier ends. Return how many ended.

    A leader may leave here: whoever calls has made sure that the team is no longer under way.
    """
    Member.objects.filter(user=person, left_on__isnull=False).exclude(left_reason="").update(left_reason=REASON)
    current = list(Member.objects.current().filter(user=person).select_related("team", "user").order_by("pk"))
    for member in current:
        if member.role == MemberRole.LEADER:
            leave(member, REASON)
            record("member.left", member, by=by, fields=["left_on", "left_reason"])
        else:
            end_membership(member, reason=REASON, by=by)
    for affiliation in Affiliation.objects.filter(user=person, ended_at=None):
        end_affiliation(affiliation, by=by)
    return len(current)


@transaction.atomic
def forget_addresses(addresses: Iterable[str]) -> int:
    """Blank invitations to, and sponsors with, one of these addresses; return how many. Open invitations end."""
    named = Q(pk__in=[])
    for address in addresses:
        named |= Q(email__iexact=address)
    invited = list(Invitation.objects.filter(named))
    for invitation in invited:
        invitation.email = removed_address(invitation.public_id)
        invitation.generation += 1  # the link that was mailed lets nobody in any more
    Invitation.objects.bulk_update(invited, ["email", "generation"])
    return len(invited) + forget_sponsors(list(Sponsor.objects.filter(named)))


def forget_sponsors(found: list[Sponsor]) -> int:
    """Blank the names, addresses and positions of sponsors; that the team had one stays. Return how many."""
    for sponsor in found:
        sponsor.name, sponsor.email, sponsor.position = REMOVED_NAME, removed_address(sponsor.public_id), ""
    return Sponsor.objects.bulk_update(found, ["name", "email", "position"])
