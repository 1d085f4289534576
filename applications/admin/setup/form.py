"""The form of a call: a list of its sections and questions, a page for each of them. It works without a script."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import selectors, services
from applications.admin.setup.inputs import KindInput, QuestionInput, SectionInput, code_from
from applications.admin.setup.pages import BOTH, POST, SAFE, ask, attempt, call_of, mounted, page, show
from applications.models import Call
from core import clock, wording
from questionnaires import services as questionnaires
from questionnaires.definition import FormPlan, QuestionDefinition, SectionPlan
from questionnaires.models import QuestionKind, Required
from questionnaires.selectors import last_day, plan_of

UP, DOWN = "up", "down"


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {
        "form/": ("form", listing, SAFE),
        "form/sections/add/": ("section_add", add_section, BOTH),
        "form/sections/<slug:code>/change/": ("section_change", change_section, BOTH),
        "form/sections/<slug:code>/move/": ("section_move", move_section, POST),
        "form/sections/<slug:code>/remove/": ("section_remove", remove_section, BOTH),
        "form/questions/add/": ("question_add", add_question, BOTH),
        "form/questions/<slug:code>/change/": ("question_change", change_question, BOTH),
        "form/questions/<slug:code>/move/": ("question_move", move_question, POST),
        "form/questions/<slug:code>/remove/": ("question_remove", remove_question, BOTH),
    }
    return mounted(model_admin, pages)


@dataclass(frozen=True)
class Line:
    """A question in the list: its definition, its kind in words, and what else is to be known of it."""

    question: QuestionDefinition
    kind: str
    facts: list[str]


def listing(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The form that staff may change: the one in use before the call opens, the next edition from then on."""
    call = call_of(request, pk)
    edition = selectors.edited_edition(call)
    plan = plan_of(edition)
    context = {
        "edition": edition,
        "is_next": edition.pk != call.form_id,
        "is_settled": selectors.is_settled(call, clock.now()),
        "sections": [(section, [_line(call, plan, one) for one in section.questions]) for section in plan.sections],
        "adding": KindInput(form=plan),
    }
    return show(model_admin, request, "form.html", call, _("Form"), **context)


def _line(call: Call, plan: FormPlan, question: QuestionDefinition) -> Line:
    return Line(question, str(QuestionKind(question.kind).label), list(_facts(call, plan, question)))


def _facts(call: Call, plan: FormPlan, question: QuestionDefinition) -> Iterator[str]:
    if question.required == Required.NEVER:
        yield _("optional")
    elif question.required == Required.ALWAYS:
        yield _("needed to save its section")
    if question.max_words:
        yield ngettext("%(n)s word", "%(n)s words", question.max_words) % {"n": question.max_words}
    if question.choices:
        yield ngettext("%(n)s answer", "%(n)s answers", len(question.choices)) % {"n": len(question.choices)}
    if question.columns:
        yield ngettext("%(n)s column", "%(n)s columns", len(question.columns)) % {"n": len(question.columns)}
    if day := last_day(question, call.deadline.ends_on):
        yield _("can be changed until %(day)s") % {"day": wording.day(day)}
    if not question.shown_to_reviewers:
        yield _("not shown to reviewers")
    if question.ask_if:
        yield _("only if “%(question)s” is %(answers)s") % _condition(plan, question)


def _condition(plan: FormPlan, question: QuestionDefinition) -> dict[str, str]:
    source = next(one for one in plan.questions if one.code == question.ask_if.question)
    labels = {choice.code: choice.label for choice in source.choices}
    answers = [_("accepted") if value is True else f"“{labels[value]}”" for value in question.ask_if.values]
    return {"question": source.text, "answers": _(" or ").join(answers)}


# --- Sections ---------------------------------------------------------------------------------------------------------


def add_section(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A further section, at the end; it needs a question before the form can be used."""
    call = call_of(request, pk)
    taken = [section.code for section in plan_of(selectors.edited_edition(call)).sections]
    form = SectionInput(request.POST or None)
    code = code_from(form["title"].value() or "", taken, "section")
    return _edit_section(model_admin, request, call, form, code, _("Add a section"))


def change_section(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Another title, another introduction."""
    call = call_of(request, pk)
    section = _section(call, code)
    initial = {"title": section.title, "introduction": section.introduction}
    form = SectionInput(request.POST or None, initial=initial)
    return _edit_section(model_admin, request, call, form, code, _("Change a section"))


def _edit_section(
    model_admin: ModelAdmin, request: HttpRequest, call: Call, form: SectionInput, code: str, title: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            edition = services.edition_to_edit(call, by=request.user)
            questionnaires.put_section(edition, code, by=request.user, **form.cleaned_data)

        if attempt(request, act, _("The section is saved."), form):
            return redirect(page("form", call))
    return show(model_admin, request, "section.html", call, title, form=form, back=page("form", call))


def move_section(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One place up or down."""
    return _move(request, call_of(request, pk), questionnaires.move_section, code)


def remove_section(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A section less, with its questions."""
    call = call_of(request, pk)
    section = _section(call, code)
    count = len(section.questions)
    text = ngettext(
        "“%(title)s” is removed with its %(n)s question.", "“%(title)s” is removed with its %(n)s questions.", count
    ) % {"title": section.title, "n": count}
    act = questionnaires.remove_section
    return _remove(model_admin, request, call, code, act, _("Remove a section"), text, _("Remove this section"))


# --- Questions --------------------------------------------------------------------------------------------------------


def add_question(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A further question of the kind that was chosen on the list."""
    call = call_of(request, pk)
    plan = plan_of(selectors.edited_edition(call))
    chosen = KindInput(request.GET or None, form=plan)
    if not chosen.is_valid():
        return redirect(page("form", call))
    wanted = {"kind": chosen.cleaned_data["kind"], "section": chosen.cleaned_data["section"]}
    form = QuestionInput(request.POST or None, form=plan, deadline=call.deadline, **wanted)
    return _edit_question(model_admin, request, call, form, _("Add a question"))


def change_question(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Everything about a question. ``?kind=`` makes it one of another kind, once that is saved."""
    call = call_of(request, pk)
    plan = plan_of(selectors.edited_edition(call))
    section, question = _question(plan, code)
    kind = request.GET.get("kind", "")
    kind = kind if kind in QuestionKind.values else question.kind
    form = QuestionInput(
        request.POST or None, kind=kind, form=plan, deadline=call.deadline, present=question, section=section.code
    )
    return _edit_question(model_admin, request, call, form, _("Change a question"), question)


def _edit_question(
    model_admin: ModelAdmin,
    request: HttpRequest,
    call: Call,
    form: QuestionInput,
    title: str,
    question: QuestionDefinition | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        wanted, code = form.definition(), question.code if question else ""

        def act() -> None:
            edition = services.edition_to_edit(call, by=request.user)
            questionnaires.put_question(edition, wanted["section"], wanted["question"], code=code, by=request.user)

        if attempt(request, act, _("The question is saved."), form):
            return redirect(page("form", call))
    context = {
        "form": form,
        "question": question,
        "kind": QuestionKind(form.kind),
        "kinds": QuestionKind.choices,
        "back": page("form", call),
    }
    return show(model_admin, request, "question.html", call, title, **context)


def move_question(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One place up or down within its section."""
    return _move(request, call_of(request, pk), questionnaires.move_question, code)


def remove_question(model_admin: ModelAdmin, request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A question less."""
    call = call_of(request, pk)
    _found, question = _question(plan_of(selectors.edited_edition(call)), code)
    text = _("“%(question)s” is removed from the form.") % {"question": question.text}
    act = questionnaires.remove_question
    return _remove(model_admin, request, call, code, act, _("Remove a question"), text, _("Remove this question"))


# --- Both -------------------------------------------------------------------------------------------------------------


def _move(request: HttpRequest, call: Call, act: Callable[..., None], code: str) -> HttpResponse:
    places = -1 if request.POST.get("to") == UP else 1
    attempt(
        request,
        lambda: act(services.edition_to_edit(call, by=request.user), code, by_places=places, by=request.user),
        "",
    )
    return redirect(f"{page('form', call)}#{code}")


def _remove(
    model_admin: ModelAdmin,
    request: HttpRequest,
    call: Call,
    code: str,
    act: Callable[..., None],
    title: str,
    text: str,
    button: str,
) -> HttpResponse:
    return ask(
        model_admin,
        request,
        call,
        title=title,
        text=text,
        button=button,
        back=page("form", call),
        act=lambda: act(services.edition_to_edit(call, by=request.user), code, by=request.user),
        done=_("Removed."),
    )


def _section(call: Call, code: str) -> SectionPlan:
    for section in plan_of(selectors.edited_edition(call)).sections:
        if section.code == code:
            return section
    raise Http404


def _question(plan: FormPlan, code: str) -> tuple[SectionPlan, QuestionDefinition]:
    for section in plan.sections:
        for question in section.questions:
            if question.code == code:
                return section, question
    raise Http404
