"""From a draft to what rounds begin with: what is left to do, what changes, putting it in use, giving it up, the next one."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import selectors, services
from assessments.admin.instruments.pages import ASK, BOTH, ask, attempt, framed, mounted, page, show, version_of
from assessments.definition import InstrumentPlan, Kind
from assessments.models import InstrumentVersion
from assessments.services import InstrumentRefused


@dataclass(frozen=True)
class Check:
    """One line of the list: done, or what is to be done. ``is_needed``: without it the version cannot be used."""

    title: str
    is_done: bool
    text: str
    is_needed: bool = True


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    pages = {"use/": ("use", use, BOTH), "drop/": ("drop", drop, BOTH), "next/": ("next", write_next, BOTH)}
    return mounted(model_admin, pages)


def use(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the check list, and what changes since the version before. POST: the next round begins with it."""
    version = version_of(request, pk)
    if not version.is_in_writing:
        messages.info(request, _("This version is in use. Nothing waits."))
        return redirect(page("content", version))
    if request.method == "POST":
        seen = request.POST.get("seen", "")

        def act() -> None:
            services.put_in_use(version, seen=seen, by=request.user)

        if attempt(request, act, _("The next round begins with this version.")):
            return redirect(page("content", version))
    checks = list(checks_of(version))
    before = selectors.earlier_versions(version).first()
    context = {
        "checks": checks,
        "can_use": all(check.is_done for check in checks if check.is_needed),
        "before": before,
        "changes": selectors.differences(before, version).sentences if before else [],
        "seen": version.content_sha256,
    }
    return show(model_admin, request, "use.html", version, _("Put it in use"), **context)


def checks_of(version: InstrumentVersion) -> Iterator[Check]:
    """What a version needs before it is used, and what is worth a look."""
    plan = selectors.plan_of(version)
    yield _whole(version, plan)
    yield _said(
        _("Source"), bool(plan.source), _("It says where the items come from."), _("Say where the items come from.")
    )
    missing = [item for item in plan.items if not item.guidance]
    count = ngettext("%(n)s item has none.", "%(n)s items have none.", len(missing)) % {"n": len(missing)}
    yield _said(_("Guidance"), not missing, _("Every item has guidance."), count)
    unnamed = sum(not level.title for item in plan.items for level in item.levels)
    count = ngettext("%(n)s level has none.", "%(n)s levels have none.", unnamed) % {"n": unnamed}
    yield _said(
        _("Short names of levels"), not unnamed, _("Every level has a short name for charts and tables."), count
    )
    yield from _comparable(version)


def _whole(version: InstrumentVersion, plan: InstrumentPlan) -> Check:
    try:
        whole = services.check_whole(version)
    except InstrumentRefused as refusal:
        return Check(_("Domains, items and rule"), False, str(refusal))
    said = {"domains": len(whole.domains), "items": len(whole.items)}
    return Check(_("Domains, items and rule"), True, _("%(domains)s domains with %(items)s items fit the rule.") % said)


def _said(title: str, is_done: bool, done: str, missing: str) -> Check:
    return Check(title, is_done, done if is_done else missing, is_needed=False)


def _comparable(version: InstrumentVersion) -> Iterator[Check]:
    """How much of an earlier round can still be compared."""
    before = selectors.earlier_versions(version).exclude(frozen_at=None).first()
    if before is None:
        return
    found = selectors.differences(before, version)
    lost = [one for one in found.items if one.kind in (Kind.LEVELS, Kind.GONE)]
    shared = sum(one.is_shared for one in found.items)
    words = _("%(shared)s items can be compared with rounds on version %(number)s, %(lost)s no longer.")
    said = {"shared": shared, "number": before.number, "lost": len(lost)}
    yield Check(_("Comparable with earlier rounds"), not lost, words % said, is_needed=False)


def drop(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    version = version_of(request, pk)
    return ask(
        model_admin,
        request,
        version,
        title=_("Give this draft up"),
        text=_("Everything that was written in this version is lost. The version before it stays in use."),
        button=_("Give it up"),
        back=page("content", version),
        act=lambda: services.drop_version(version, by=request.user),
        done=_("The draft is given up."),
        after=reverse("admin:assessments_instrument_change", args=[version.instrument_id]),
    )


def write_next(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A copy of the version that can be changed."""
    version = version_of(request, pk)
    if request.method == "POST":
        draft = services.write_next(version, by=request.user)
        return redirect(page("content", draft))
    words = _(
        "The next version begins as a copy of this one. Rounds under way keep theirs, and new rounds begin with this one"
        " until you put the next one in use."
    )
    title = _("Write the next version")
    back = page("content", version)
    return framed(model_admin, request, version, ASK, title=title, text=words, button=title, back=back)
