"""Writing to the people of a cohort: the words, then the list of who gets them, and only then the mail."""

import uuid

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern

from programs.admin.plans import cohort_of, mount, show
from programs.admin.previews import framed
from programs.forms.news import NewsForm
from programs.models import Cohort
from programs.services import news, previews

# The buttons of the page that shows the list, and what it knows of the list: not part of what was typed.
OWN_FIELDS = ("csrfmiddlewaretoken", "seen", "back", "send", "test", "show", "press")
TITLE = "Write to the people of this cohort"


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return [
        mount(model_admin, "<int:pk>/write/", "write", write),
        mount(model_admin, "<int:pk>/write/mail/", "write_mail", mail),
    ]


def write(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The form; once it is whole, the list of people with the mail of each; with “send”, the mail."""
    cohort = cohort_of(request, pk)
    form = NewsForm(request.POST if request.method == "POST" else None, cohort=cohort, initial=_chosen(request, cohort))
    if form.is_valid() and "back" not in request.POST:
        mailing = news.mailing_of(cohort, form.choice)
        if mailing.written:
            return _look(model_admin, request, cohort, form, mailing)
        form.add_error(None, _nobody(mailing))
    return show(model_admin, request, "news/write.html", cohort, TITLE, form=form)


def _chosen(request: HttpRequest, cohort: Cohort) -> dict[str, list[object]]:
    """Whom a link to this page has chosen already: ``?groups=leaders&teams=12,15``, the teams by the keys of their enrollments.

    Keys and not public ids, for an address has no room for some hundred of those.
    With teams chosen no state is ticked: what the page shows is then whom it writes to.
    """
    chosen: dict[str, list[object]] = {}
    if request.GET.get("groups"):
        chosen["groups"] = list(request.GET["groups"].split(","))
    keys = [key for key in request.GET.get("teams", "").split(",") if key.isdecimal() and len(key) < 19]
    if keys:
        teams = cohort.enrollments.visible_to(request.user).filter(pk__in=keys).order_by("pk")
        chosen |= {"teams": [str(key) for key in teams.values_list("public_id", flat=True)], "states": []}
    return chosen


def _look(
    model_admin: ModelAdmin, request: HttpRequest, cohort: Cohort, form: NewsForm, mailing: news.Mailing
) -> HttpResponse:
    words, shown = form.words, _shown(request, mailing)
    if "send" in request.POST:
        try:
            return _send(request, cohort, form)
        except news.ListChanged as refusal:
            mailing = news.mailing_of(cohort, form.choice)
            messages.warning(request, str(refusal))
    elif "test" in request.POST:
        _send_test(request, cohort, words, shown)
    fields = [(name, value) for name in request.POST if name not in OWN_FIELDS for value in request.POST.getlist(name)]
    context = {
        "mailing": mailing,
        "seen": mailing.seen(words),
        "fields": fields,
        "shown": shown,
        "mail": news.preview_of(cohort, words, shown),
        "press": uuid.uuid4(),
    }
    return show(model_admin, request, "news/look.html", cohort, TITLE, **context)


def mail(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part of one person's mail alone, for the frame of the page that shows the list."""
    cohort = cohort_of(request, pk)
    form = NewsForm(request.POST if request.method == "POST" else None, cohort=cohort)
    mailing = news.mailing_of(cohort, form.choice) if form.is_valid() else None
    if mailing is None or not mailing.written:
        raise Http404
    return framed(request, news.preview_of(cohort, form.words, _shown(request, mailing)).html)


def _shown(request: HttpRequest, mailing: news.Mailing) -> news.Addressee:
    """Whose mail is looked at: the one asked for, or the first."""
    asked = request.POST.get("show")
    return next((one for one in mailing.written if one.key == asked), mailing.written[0])


def _send(request: HttpRequest, cohort: Cohort, form: NewsForm) -> HttpResponse:
    count = news.write_to(
        cohort,
        form.choice,
        form.words,
        submission=form.cleaned_data["submission"],
        seen=request.POST.get("seen", ""),
        by=request.user,
    )
    if count:
        people = "1 person" if count == 1 else f"{count} people"
        messages.success(request, f"“{form.words.subject}” is written to {people}. It leaves within a minute.")
    else:
        messages.info(request, "This was sent before; nobody was written to twice.")
    return redirect("admin:programs_cohort_change", cohort.pk)


def _send_test(request: HttpRequest, cohort: Cohort, words: news.Words, shown: news.Addressee) -> None:
    try:
        press = uuid.UUID(request.POST.get("press", ""))
    except ValueError:
        press = uuid.uuid4()
    rendered = news.preview_of(cohort, words, shown)
    name = f"{shown.name} ({shown.team})"
    previews.send_test(rendered, of=shown.user, name=name, press=press, about=cohort, by=request.user)
    messages.success(request, f"A test is on its way to you, {request.user.email}.")


def _nobody(mailing: news.Mailing) -> str:
    if not mailing.left_out:
        return "There is nobody like that in this cohort yet. Choose other people, or teams in another state."
    reasons = " ".join(sorted({one.note for one in mailing.left_out}))
    return f"Nobody would get this: {len(mailing.left_out)} left out. {reasons}"
