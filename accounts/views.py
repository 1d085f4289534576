"""A person's own pages: their profile with the browsers they use, and the one-time link that lets them in."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, reauthenticate_by_password
from allauth.account.utils import perform_login
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import ProfileForm
from accounts.forms.entrance import SetPasswordForm
from accounts.models import AccessLink, User
from accounts.selectors import LinkState
from accounts.services import sessions
from core import clock, links


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, profession, ASCO membership and time zone; links to everything about signing in."""
    # A row of its own: a form writes into its instance while it validates, and request.user is on the page.
    person = User.objects.select_related("membership_confirmed_by").get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        services.update_profile(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your details are saved."))
        return redirect("profile")
    context = {"form": form, "has_second_factor": is_mfa_enabled(request.user), **_browsers(request)}
    return render(request, "accounts/profile.html", context)


def _browsers(request: HttpRequest) -> dict[str, object]:
    """This browser, out of its own session, and the others in which the person is signed in."""
    now, session = clock.now(), request.session
    idle, altogether = (timedelta(seconds=limit) for limit in sessions.limits_for(request.user))
    found = selectors.browsers_of(request.user, seen_since=now - idle, began_since=now - altogether)
    began = datetime.fromtimestamp(session.get(sessions.BEGAN, now.timestamp()), UTC)
    return {
        "this_browser": {"words": session.get(sessions.BROWSER), "began_at": began},
        "other_browsers": [one for one in found if one.session_key != session.session_key],
    }


@login_required
@require_POST
@never_cache
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End the person's other sessions, after the password was asked for again: whoever found a computer open ends nobody's."""
    if not did_recently_reauthenticate(request):
        messages.info(request, _("Confirm that it is you. Then press “Sign out everywhere else” once more."))
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse('profile')})}")
    count = sessions.sign_out_elsewhere(request.user, keep=request.session.session_key, by=request.user)
    words = ngettext(
        "You are signed out of one other browser.", "You are signed out of %(count)s other browsers.", count
    )
    messages.success(request, words % {"count": count} if count else _("You were signed in nowhere else."))
    return redirect("profile")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """How long the person stays signed in, for the script that warns; a POST is a sign of life.

    Over is nought seconds and nobody; for a POST with 401.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0, "who": ""}, status=401 if request.method == "POST" else 200)
    now = clock.now()
    if request.method == "POST":
        sessions.note_life(request.session, now=now)
    left = sessions.remaining(request.session, request.user, now=now)
    return JsonResponse(
        {
            "seconds": left.seconds,
            "can_be_extended": left.can_be_extended,
            "who": links.token("session", request.user.pk, 0),
            "csrf": get_token(request),
        }
    )


def _made() -> QuerySet[AccessLink]:
    return AccessLink.objects.select_related("user")


@sensitive_post_parameters("password1", "password2")
@links.opened(_made)
def access(request: HttpRequest, link: AccessLink, token: str) -> HttpResponse:
    """The one-time link: GET shows whose it is and changes nothing; POST sets the password and signs the person in."""
    state = selectors.state_of(link)
    if state is not LinkState.OPEN:
        return _ended(request, state.value)
    form = SetPasswordForm(data=request.POST or None, user=link.user)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "accounts/access.html", {"form": form, "person": link.user, "expires": services.expiry_words(link)}
        )
    try:
        user = services.use_access_link(link, password=form.cleaned_data["password1"])
    except services.LinkEnded as refusal:
        return _ended(request, str(refusal))
    return _sign_in(request, user)


def _ended(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "accounts/access_ended.html", {"sentence": sentence}, status=410)


def _sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """Through allauth's own stages, so that factors enrolled before are still asked for."""
    if request.user.is_authenticated:
        get_adapter().logout(request)
    to = reverse("mfa_index" if user.is_staff else "profile")
    response = perform_login(request, user, redirect_url=to)
    if request.user.is_authenticated:
        reauthenticate_by_password(request)  # the password was typed a second ago: enrolling need not ask for it again
    return response
