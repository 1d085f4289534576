"""The one door to an application: what a person cannot see is not found, what they cannot do is denied."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from applications import permissions, selectors
from applications.models import Application, ApplicationState


def visible(user: User, public_id: str, *, is_lean: bool = False) -> Application:
    """The application, with everything its pages show.

    ``is_lean``: with what the page of a section shows, and no more.

    Raises:
        Http404: there is none that ``user`` may see.
    """
    found = Application.objects.visible_to(user)
    found = selectors.with_little(found) if is_lean else selectors.with_context(found)
    return get_object_or_404(found, public_id=public_id)


def editable(user: User, public_id: str, *, part: str = "", is_lean: bool = False) -> Application:
    """The application, to be worked on; once it is sent, only a ``part`` of it that staff returned for changes.

    ``is_lean``: as for ``visible``.

    Raises:
        Http404: there is none that ``user`` may see.
        PermissionDenied: ``user`` does not write it (``permissions.can_work_on``), or it is no draft.
    """
    application = visible(user, public_id, is_lean=is_lean)
    if not permissions.can_work_on(user, application):
        raise PermissionDenied(
            _("Only the leader, the core team and whom the leader asked to edit can edit an application.")
        )
    if application.state != ApplicationState.DRAFT and not (part and selectors.is_returned(application, part=part)):
        raise PermissionDenied(
            _("This application has been sent or withdrawn, so it cannot be edited. Open it again first.")
        )
    return application


def file_url(application: Application, file_id: UUID | str) -> str:
    """Where a file of one of its answers is downloaded."""
    return reverse("applications:file", args=[application.public_id, file_id])
