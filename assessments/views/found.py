"""The one door to a round: what a person cannot see is not found, what they cannot do is denied."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assessments import permissions, selectors
from assessments.models import Assessment, Domain, Item


def visible(request: HttpRequest, public_id: UUID) -> Assessment:
    """The round, with what all its pages show.

    Raises:
        Http404: there is none that the reader may see.
    """
    rows = Assessment.objects.visible_to(request.user).select_related(
        "version__instrument", "milestone__cohort", "enrollment__team__practice", "submitted_by", "reviewer"
    )
    return get_object_or_404(rows, public_id=public_id)


def of_alone(request: HttpRequest, public_id: UUID) -> Assessment:
    """The round, for a member who is still answering alone.

    Raises:
        Http404, PermissionDenied: not theirs; not of the core team, or finished.
    """
    assessment = visible(request, public_id)
    if not permissions.can_answer_alone(request.user, assessment):
        raise PermissionDenied(
            _("Members of the core team answer alone, as long as the assessment is open and until they have finished.")
        )
    return assessment


def of_team(request: HttpRequest, public_id: UUID) -> Assessment:
    """The round, for the team's own pages of who chose what.

    Raises:
        Http404: not theirs, or the reader is still to answer alone: to them there is nothing yet.
        PermissionDenied: the reader is not of the core team.
    """
    assessment = visible(request, public_id)
    if permissions.can_see_alone(request.user, assessment):
        return assessment
    if permissions.is_core_member(request.user, assessment.enrollment):
        raise Http404
    raise PermissionDenied(_("Who chose what is for the core team alone."))


def of_agreeing(request: HttpRequest, public_id: UUID) -> Assessment:
    """As ``of_team``, to be changed.

    Raises:
        Http404, PermissionDenied: as ``of_team``; or the round is submitted.
    """
    assessment = visible(request, public_id)
    if permissions.can_agree(request.user, assessment):
        return assessment
    of_team(request, public_id)
    raise PermissionDenied(_("Only members of the core team agree, as long as the assessment is open."))


def of_agreed(request: HttpRequest, public_id: UUID) -> Assessment:
    """The round, for reading what the team agreed on.

    Raises:
        Http404: not theirs, or the reader is still to answer alone.
    """
    assessment = visible(request, public_id)
    if not permissions.can_see_agreed(request.user, assessment):
        raise Http404
    return assessment


def of_review(request: HttpRequest, public_id: UUID) -> Assessment:
    """The round, for the third party that scores it.

    Raises:
        Http404, PermissionDenied: not theirs; not the reviewer who was asked, or done.
    """
    assessment = visible(request, public_id)
    if not permissions.can_review(request.user, assessment):
        raise PermissionDenied(
            _("Only the reviewer who was asked scores this assessment, until the review is finished.")
        )
    return assessment


def domain_of(assessment: Assessment, code: str) -> Domain:
    """A domain with its items, levels and links.

    Raises:
        Http404: the version has none of that code.
    """
    rows = Domain.objects.prefetch_related("items__levels", "items__links")
    return get_object_or_404(rows, version=assessment.version_id, code=code)


def item_of(assessment: Assessment, code: str) -> Item:
    """An item of the round's version, as ``selectors.items_of`` gives it.

    Raises:
        Http404: the version has none of that code.
    """
    for item in selectors.items_of(assessment.version):
        if item.code == code:
            return item
    raise Http404
