"""A cohort's reminder plan in the admin: as a table and as a calendar, and how it is changed, each change looked at first."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from core import clock
from core.refusals import Refused
from programs import permissions
from programs.forms.plans import FilterForm, LineForm, MonthForm
from programs.models import Cohort, Milestone, Reminder
from programs.services import effects, outlook, plans

# What a page that asks once more does not hand on: it has its own.
OWN_FIELDS = ("csrfmiddlewaretoken", "seen", "back")


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    """The pages of a plan, below the cohort's own."""
    pages = {
        "<int:pk>/plan/": ("plan", table),
        "<int:pk>/plan/calendar/": ("plan_calendar", calendar),
        "<int:pk>/plan/add/": ("plan_add", add),
        "<int:pk>/plan/<int:line>/change/": ("plan_change", change),
        "<int:pk>/plan/<int:line>/remove/": ("plan_remove", remove),
        "<int:pk>/plan/milestones/<int:milestone>/apply/": ("plan_apply", apply_to_kind),
    }
    return [mount(model_admin, route, name, view) for route, (name, view) in pages.items()]


def mount(model_admin: ModelAdmin, route: str, name: str, view: Callable) -> URLPattern:
    return path(route, model_admin.admin_site.admin_view(partial(view, model_admin)), name=f"programs_cohort_{name}")


def cohort_of(request: HttpRequest, pk: int) -> Cohort:
    """The cohort, for those who run it."""
    cohort = get_object_or_404(Cohort.objects.select_related("program"), pk=pk)
    if not permissions.can_manage(request.user, cohort):
        raise PermissionDenied
    return cohort


def show(
    model_admin: ModelAdmin, request: HttpRequest, template: str, cohort: Cohort, title: str, **context: object
) -> TemplateResponse:
    frame = {"title": title, "subtitle": str(cohort), "cohort": cohort, "opts": model_admin.opts}
    return TemplateResponse(
        request, f"admin/programs/{template}", model_admin.admin_site.each_context(request) | frame | context
    )


def table(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Milestones with their reminders: when, to whom, in which words, to how many, and what has been sent."""
    cohort, filters = cohort_of(request, pk), FilterForm(request.GET)
    plan = outlook.plan_of(cohort, now=clock.now(), **filters.chosen)
    return show(model_admin, request, "plan/table.html", cohort, "Reminder plan", plan=plan, filters=filters)


def calendar(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The same month by month, each reminder on the local day on which it is sent."""
    cohort, filters, form = cohort_of(request, pk), FilterForm(request.GET), MonthForm(request.GET)
    events = outlook.events_of(outlook.plan_of(cohort, now=clock.now(), **filters.chosen))
    asked = form.cleaned_data["month"] if form.is_valid() else None
    if form.errors:
        messages.warning(request, form.errors["month"][0])
    today = clock.today(cohort.zone)
    month = asked or outlook.first_month(events, today)
    before, after = outlook.months_beside(month)
    context = {
        "filters": filters,
        "month": month,
        "before": before,
        "after": after,
        "today": today,
        "weeks": outlook.weeks_of(events, month),
        "has_events": any((event.on.year, event.on.month) == (month.year, month.month) for event in events),
        "kept": {name: value for name, value in filters.chosen.items() if value},
    }
    return show(model_admin, request, "plan/calendar.html", cohort, "Reminder calendar", **context)


def add(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A new line of a milestone's plan."""
    cohort = cohort_of(request, pk)
    form = LineForm(
        request.POST if request.method == "POST" else None,
        cohort=cohort,
        initial={"milestone": request.GET.get("milestone", "")},
    )

    def act() -> None:
        plans.add_line(form.cleaned_data["milestone"], form.rule, by=request.user)

    def milestones() -> list[Milestone]:
        return [form.cleaned_data["milestone"]]

    return _edit(model_admin, request, cohort, form, milestones, act, "Add a reminder", "The reminder is in the plan.")


def change(model_admin: ModelAdmin, request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Another distance, other people, other words."""
    cohort = cohort_of(request, pk)
    row = line_of(cohort, line)
    form = LineForm(request.POST if request.method == "POST" else None, cohort=cohort, line=row)

    def act() -> None:
        plans.change_line(row, form.rule, by=request.user)

    title = f"Change a reminder of “{row.milestone}”"
    return _edit(
        model_admin, request, cohort, form, lambda: [row.milestone], act, title, "The reminder is changed.", row
    )


def _edit(
    model_admin: ModelAdmin,
    request: HttpRequest,
    cohort: Cohort,
    form: LineForm,
    milestones: Callable[[], list[Milestone]],
    act: Callable[[], None],
    title: str,
    done: str,
    line: Reminder | None = None,
) -> HttpResponse:
    """The form until it can be saved; if saving writes to anybody today, the list of them first."""
    if form.is_valid() and "back" not in request.POST:
        try:
            readers = effects.written_today(milestones(), act)
            seen = effects.fingerprint(readers)
            if not readers or request.POST.get("seen") == seen:
                act()
                messages.success(request, done)
                return redirect("admin:programs_cohort_plan", cohort.pk)
            context = {
                "readers": readers,
                "seen": seen,
                "has_changed": "seen" in request.POST,
                "kept": [(name, value) for name, value in request.POST.items() if name not in OWN_FIELDS],
            }
            return show(model_admin, request, "plan/confirm.html", cohort, title, **context)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return show(model_admin, request, "plan/line.html", cohort, title, form=form, line=line)


def line_of(cohort: Cohort, pk: int) -> Reminder:
    return get_object_or_404(Reminder.objects.select_related("milestone"), pk=pk, milestone__cohort=cohort)


def remove(model_admin: ModelAdmin, request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Take a line out of the plan, and what waits from it with it."""
    cohort = cohort_of(request, pk)
    row = line_of(cohort, line)

    def act() -> None:
        plans.remove_line(Reminder.objects.get(pk=row.pk), by=request.user)

    readers = effects.written_today([row.milestone], act)
    seen = effects.fingerprint(readers)
    if request.method == "POST" and request.POST.get("seen") == seen:
        return _done(request, cohort, act, "The reminder is taken out of the plan.")
    context = {
        "line": row,
        "waiting": plans.waiting_from(row),
        "readers": readers,
        "seen": seen,
        "has_changed": request.method == "POST",
    }
    return show(model_admin, request, "plan/remove.html", cohort, "Remove a reminder", **context)


def apply_to_kind(model_admin: ModelAdmin, request: HttpRequest, pk: int, milestone: int) -> HttpResponse:
    """Give one milestone's lines to every milestone of its kind in the cohort; what that changes is shown first."""
    cohort = cohort_of(request, pk)
    row = get_object_or_404(Milestone.objects.filter(cohort=cohort), pk=milestone)

    def act() -> None:
        plans.apply_to_kind(row, by=request.user)

    changes = plans.changes_for_kind(row)
    changed = [change for change in changes if not change.is_empty]
    readers = effects.written_today([change.milestone for change in changed], act)
    seen = effects.fingerprint(readers, *(repr(change) for change in changed))
    if request.method == "POST" and request.POST.get("seen") == seen:
        return _done(request, cohort, act, f"The plans of {len(changed)} milestones are changed.")
    context = {
        "milestone": row,
        "lines": sorted(row.reminders.all(), key=outlook.sent_at),
        "changed": changed,
        "same": len(changes) - len(changed),
        "readers": readers,
        "seen": seen,
        "has_changed": request.method == "POST",
    }
    title = f"Same reminders for every {row.get_kind_display().lower()}"
    return show(model_admin, request, "plan/apply.html", cohort, title, **context)


def _done(request: HttpRequest, cohort: Cohort, act: Callable[[], None], words: str) -> HttpResponse:
    try:
        act()
        messages.success(request, words)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("admin:programs_cohort_plan", cohort.pk)
