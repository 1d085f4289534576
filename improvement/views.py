from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.models import Finding
from core.refusals import Refused
from improvement import permissions, selectors, services
from improvement.forms import CommentForm, MeasureForm, PointForm, ProjectForm, UpdateForm
from improvement.models import Measure, Project, QuarterlyUpdate, UpdateState
from programs import selectors as programs
from programs.models import Enrollment, Milestone

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@get_or_post
def new_project(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    enrollment = get_object_or_404(_enrollments(request), public_id=enrollment_id)
    _require_editor(request, enrollment)
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            started = services.start_project(enrollment, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your project is started. Add the first measure."))
            return redirect("improvement:project", started.public_id)
    return render(request, "improvement/project_form.html", {"form": form, "enrollment": enrollment})


@login_required
@require_POST
def from_finding(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A recommended priority of the report of findings becomes the team's project, once.

    In one step, unless the team has another project, which is asked about first: ``sure`` is the answer.
    """
    rows = Finding.objects.visible_to(request.user).select_related("report__assessment__enrollment")
    finding = get_object_or_404(rows, public_id=public_id)
    _require_editor(request, finding.report.assessment.enrollment)
    present = selectors.replaced_by(finding)
    if present and "sure" not in request.POST:
        context = {"finding": finding, "present": present, "enrollment": finding.report.assessment.enrollment}
        return render(request, "improvement/another_project.html", context)
    try:
        made, is_new = services.start_from_finding(finding, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("assessments:report", finding.report.public_id)
    said = _("This is your project now. Reword the problem if you like, then add the first measure.")
    messages.success(request, said if is_new else _("This is your project already."))
    return redirect("improvement:project", made.public_id)


@login_required
@require_safe
def project(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(selectors.with_work(Project.objects.visible_to(request.user)), public_id=public_id)
    return render(
        request,
        "improvement/project.html",
        {
            "project": found,
            "enrollment": found.enrollment,
            "measures": selectors.measure_lines(found),
            "finding": selectors.finding_of(found, request.user),
            "can_edit": permissions.can_edit(request.user, found.enrollment),
        },
    )


@login_required
@get_or_post
def edit_project(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(_of_team(Project.objects.visible_to(request.user)), public_id=public_id)
    _require_editor(request, found.enrollment)
    form = ProjectForm(request.POST or None, instance=Project.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        services.change_project(found, **form.cleaned_data, by=request.user)
        messages.success(request, _("The project is saved."))
        return redirect("improvement:project", found.public_id)
    context = {"form": form, "enrollment": found.enrollment, "project": found}
    return render(request, "improvement/project_form.html", context)


@login_required
@get_or_post
def new_measure(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(_of_team(Project.objects.visible_to(request.user)), public_id=public_id)
    _require_editor(request, found.enrollment)
    form = MeasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.add_measure(found, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The measure is added. Enter its first data point."))
            return redirect("improvement:measure", added.public_id)
    context = {"form": form, "project": found, "enrollment": found.enrollment}
    return render(request, "improvement/measure_form.html", context)


@login_required
@get_or_post
def measure(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The data points of a measure as chart and table, and the form that adds or corrects one."""
    measures = Measure.objects.visible_to(request.user).select_related(
        "project__enrollment__team", "project__enrollment__cohort"
    )
    found = get_object_or_404(measures, public_id=public_id)
    can_edit = permissions.can_edit(request.user, found.project.enrollment)
    if request.method == "POST" and not can_edit:
        raise PermissionDenied
    form = PointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_point(found, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The data point is saved."))
            return redirect("improvement:measure", found.public_id)
    context = {
        "measure": found,
        "project": found.project,
        "points": selectors.chart_points(found.points.all()),
        "rows": found.points.all(),
        "form": form,
        "can_edit": can_edit,
    }
    return render(request, "improvement/measure.html", context)


@login_required
@require_POST
def start_update(request: HttpRequest, enrollment_id: UUID, code: str) -> HttpResponse:
    enrollment = get_object_or_404(_enrollments(request), public_id=enrollment_id)
    milestone = get_object_or_404(Milestone, cohort=enrollment.cohort_id, code=code)
    _require_editor(request, enrollment)
    try:
        started = services.start_update(enrollment, milestone, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        if not enrollment.projects.exists():
            return redirect("improvement:new_project", enrollment.public_id)
        return redirect("programs:enrollment", enrollment.public_id)
    return redirect("improvement:update", started.public_id)


@login_required
@get_or_post
def update(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write an update while it is a draft; read it, and comment on it, once it is filed."""
    found = get_object_or_404(selectors.updates(QuarterlyUpdate.objects.visible_to(request.user)), public_id=public_id)
    can_edit = permissions.can_edit(request.user, found.enrollment)
    if request.method == "POST" and not can_edit:
        raise PermissionDenied
    if request.method != "POST" and (found.state == UpdateState.SUBMITTED or not can_edit):
        return _read(request, found)
    form = UpdateForm(request.POST or None, instance=QuarterlyUpdate.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_update(
                found, by=request.user, base_version=form.cleaned_data["base_version"], **form.written()
            )
        except services.UpdateChanged as changed:
            return _conflict(request, form, changed)
        if request.POST.get("then") == "check":
            return redirect("improvement:check_update", found.public_id)
        messages.success(request, _("Your draft is saved. Your team sees it; it is not filed yet."))
        return redirect("improvement:update", found.public_id)
    form.mark_needed()
    context = {
        "form": form,
        "update": found,
        "due_at": programs.deadline_of(found.milestone, found.enrollment).at,
        "previous": selectors.previous_update(found),
        "measures": selectors.measures_in_period(found),
    }
    return render(request, "improvement/update_form.html", context)


@login_required
@require_safe
def check_update(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answers to check before filing, and what is missing."""
    found = get_object_or_404(selectors.updates(QuarterlyUpdate.objects.visible_to(request.user)), public_id=public_id)
    _require_editor(request, found.enrollment)
    if found.state == UpdateState.SUBMITTED:
        return redirect("improvement:update", found.public_id)
    context = {
        "update": found,
        "rows": selectors.answers(found),
        "gaps": selectors.gaps(found),
        "measures": selectors.measures_in_period(found),
    }
    return render(request, "improvement/update_check.html", context)


@login_required
@require_POST
def submit_update(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """File the update as it was checked. A second press shows the filed update and files nothing."""
    found = get_object_or_404(selectors.updates(QuarterlyUpdate.objects.visible_to(request.user)), public_id=public_id)
    _require_editor(request, found.enrollment)
    if found.state == UpdateState.SUBMITTED:
        return redirect("improvement:update", found.public_id)
    checked = request.POST.get("base_version", "")
    base_version = int(checked) if checked.isdecimal() and len(checked) < 10 else None
    try:
        services.submit_update(found, by=request.user, arrived_at=request.arrived_at, base_version=base_version)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("improvement:check_update", found.public_id)
    messages.success(request, _("Your update is filed. A receipt is on its way to you."))
    return redirect("improvement:update", found.public_id)


@login_required
@require_POST
def comment_update(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(selectors.updates(QuarterlyUpdate.objects.visible_to(request.user)), public_id=public_id)
    if not permissions.can_comment(request.user, found):
        raise PermissionDenied
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _read(request, found, form)
    try:
        services.comment_on(found, **form.cleaned_data, by=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _read(request, found, form)
    messages.success(request, _("Your comment is there for the team to read."))
    return redirect("improvement:update", found.public_id)


def _read(request: HttpRequest, found: QuarterlyUpdate, form: CommentForm | None = None) -> HttpResponse:
    context = {
        "update": found,
        "rows": selectors.answers(found),
        "measures": selectors.measures_in_period(found),
        "comments": found.comments.select_related("written_by"),
        "form": (form or CommentForm()) if permissions.can_comment(request.user, found) else None,
    }
    return render(request, "improvement/update.html", context)


def _conflict(request: HttpRequest, form: UpdateForm, changed: services.UpdateChanged) -> HttpResponse:
    """Both versions side by side, and a form with this person's words that saves over the other's knowingly."""
    theirs = selectors.updates(QuarterlyUpdate.objects).get(pk=changed.theirs.pk)
    mine = form.written()
    context = {
        "update": theirs,
        "refusal": str(changed),
        "rows": selectors.differences(theirs, mine),
        "form": UpdateForm(instance=theirs, initial=mine) if theirs.state == UpdateState.DRAFT else None,
    }
    return render(request, "improvement/update_conflict.html", context, status=409)


def _enrollments(request: HttpRequest) -> QuerySet[Enrollment]:
    return Enrollment.objects.visible_to(request.user).select_related("team", "cohort")


def _of_team(projects: QuerySet[Project]) -> QuerySet[Project]:
    return projects.select_related("enrollment__team", "enrollment__cohort")


def _require_editor(request: HttpRequest, enrollment: Enrollment) -> None:
    if not permissions.can_edit(request.user, enrollment):
        raise PermissionDenied
