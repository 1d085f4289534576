"""The form as applicants will meet it: its task list, sections and check page, with nothing kept of what is typed."""

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import selectors
from applications.admin.setup.pages import BOTH, SAFE, call_of, mounted, page
from applications.models import Call
from core import clock
from questionnaires.forms import SectionForm
from questionnaires.models import FormVersion, Required
from questionnaires.selectors import AnsweredQuestion, AnsweredSection, conditions_of, in_order, locks_of


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {
        "preview/": ("preview", tasks, SAFE),
        "preview/check/": ("preview_check", check, SAFE),
        "preview/sections/<slug:code>/": ("preview_section", section, BOTH),
    }
    return mounted(model_admin, pages)


def _sections(edition: FormVersion) -> list[AnsweredSection]:
    """The form without answers, everything in it as if it were asked: what hangs on an answer says on which."""
    conditions = conditions_of(edition)
    return [
        AnsweredSection(
            one,
            [
                AnsweredQuestion(question, None, True, tuple(conditions.get(question.pk, ())))
                for question in in_order(one)
            ],
        )
        for one in edition.sections.order_by("position").prefetch_related("questions")
    ]


def _show(request: HttpRequest, template: str, call: Call, edition: FormVersion, **context: object) -> HttpResponse:
    frame = {"call": call, "edition": edition, "is_next": edition.pk != call.form_id}
    return render(request, f"applications/preview/{template}", frame | context)


def tasks(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The task list as on the first day: the same for every call, then the sections of this form."""
    call = call_of(request, pk)
    edition = selectors.edited_edition(call)
    rows = [
        {
            "title": one.section.title,
            "url": page("preview_section", call, one.section.code),
            "status": _("Not started"),
            "hint": ngettext("%(n)s question", "%(n)s questions", len(one.questions)) % {"n": len(one.questions)},
        }
        for one in _sections(edition)
    ]
    check_row = {"title": _("Check and submit"), "url": page("preview_check", call), "status": _("Not started")}
    return _show(request, "tasks.html", call, edition, tasks=[*rows, check_row])


def section(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A section to try: what is typed is checked as it will be, and thrown away."""
    call = call_of(request, pk)
    edition = selectors.edited_edition(call)
    found = next((one for one in _sections(edition) if one.section.code == code), None)
    if found is None:
        raise Http404
    today = clock.today(call.deadline.zone)
    locks = locks_of(edition, deadline_on=call.deadline.ends_on, today=min(today, call.opening.starts_on))
    form = SectionForm(found, request.POST or None, request.FILES or None, locks=locks)
    is_fine = request.method == "POST" and form.is_valid()
    return _show(request, "section.html", call, edition, section=found, form=form, is_fine=is_fine)


def check(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The last page before sending: every question once, and whether it has to be answered."""
    call = call_of(request, pk)
    edition = selectors.edited_edition(call)
    sections = [
        {
            "title": one.section.title,
            "rows": [
                {
                    "label": item.question.text,
                    "value": _("Optional") if item.question.required == Required.NEVER else _("Needs an answer"),
                    "change_url": f"{page('preview_section', call, one.section.code)}#div_id_{item.question.code}",
                }
                for item in one.questions
            ],
        }
        for one in _sections(edition)
    ]
    return _show(request, "check.html", call, edition, sections=sections)
