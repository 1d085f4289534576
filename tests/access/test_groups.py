"""Other people's pages: every address of Django's admin and of allauth, as everybody. The admin's lists use our door."""

import time

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from applications.models import Export
from dashboards.selectors.access import SIGN_IN
from programs.models import Milestone, Reminder
from tests.access.asking import PERSON, Asking, cell
from tests.access.headers import wrong_headers, wrong_markup
from tests.access.matrix import addresses
from tests.fuzz.addresses import OTHERS

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADMIN = [(name, path) for name, path in addresses() if path.startswith("admin/") and not name.endswith(":")]
ACCOUNTS = [(name, path) for name, path in addresses() if path.startswith("accounts/")]
# The admin's own way in refuses who is signed in and no staff; its way out leads to the start.
WAYS = {"admin:login": {SIGN_IN, "403"}, "admin:logout": {"302"}}
# A mail as it will look, in a frame of our own page: it carries its style in itself, and nothing else may happen in it.
MAILS = {"admin:programs_cohort_plan_mail", "admin:programs_cohort_write_mail"}
SEALED = {"default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "frame-ancestors 'self'", "sandbox"}
# Everything but a fault; the status of each of these is other people's and has their tests.
ANSWERS = {"200", "302", "400", "403", "404", "405", SIGN_IN}
# Whoever signed in a moment ago is not asked for the password again before their factors are shown.
JUST_NOW = "account_authentication_methods"
SEEN = [
    (model, found) for model, found in admin.site._registry.items() if hasattr(model._default_manager, "visible_to")
]


@pytest.fixture(scope="module")
def staffed(asking) -> Asking:
    """With a line in a cohort's plan, and with everybody just signed in."""
    milestone = Milestone.objects.filter(session__isnull=False).first()
    Reminder.objects.create(milestone=milestone, offset_days=-3, audience="leader")
    for role, client in asking.clients.items():
        if PERSON[role] not in ("", "inactive"):
            session = client.session
            session[JUST_NOW] = [{"method": "password", "at": time.time()}]
            session.save()
    return asking


def arguments(path: str) -> list[object]:
    """What the address of an admin page speaks of: rows that are there."""
    if "/plan" in path or "/write" in path:
        line = Reminder.objects.select_related("milestone").get()
        values = {"<int:pk>": line.milestone.cohort_id, "<int:line>": line.pk, "<int:milestone>": line.milestone_id}
        return [value for key, value in values.items() if key in path]
    if "/tables/" in path:
        table = Export.objects.get()
        return [table.call_id, table.pk]
    if "app_label" in path:
        return ["practices"]
    if "content_type_id" in path:
        return [1, 1]
    if "<" not in path:
        return []
    _, room, model, *_ = path.split("/")
    row = apps.get_model(room, model)._default_manager.order_by("pk").first()
    further = [OTHERS[one] for one in ("code", "kind") if f":{one}>" in path]
    return [row.pk if row else 1, *further]


@pytest.mark.parametrize(("name", "path"), ADMIN, ids=[name for name, _ in ADMIN])
def test_the_admin_is_for_staff(name, path, staffed):
    """Everybody else is sent to sign in, whatever the page; staff's pages hold to the policy."""
    address = reverse(name, args=arguments(path))
    wrong = []
    for role in PERSON:
        answer = staffed.ask(role, "GET", address)
        expected = ANSWERS if role == "staff" else WAYS.get(name, {SIGN_IN})
        problems = [] if cell(answer) in expected else [cell(answer)]
        if role == "staff" and name in MAILS and cell(answer) == "200":
            policy = answer["Content-Security-Policy"]
            problems += [] if {part.strip() for part in policy.split(";")} == SEALED else [policy]
        else:
            problems += wrong_headers(answer, is_signed_in=PERSON[role] not in ("", "inactive"))
            problems += wrong_markup(answer, whole=role == "staff")
        wrong += [f"{role}: {problem}" for problem in problems]
    assert wrong == []


@pytest.mark.parametrize(("name", "path"), ACCOUNTS, ids=[name for name, _ in ACCOUNTS])
def test_the_pages_of_signing_in_hold_to_the_policy(name, path, staffed):
    words = ["a", "b-c"] if "uidb36" in path else [1] if "<" in path else []
    address, wrong = reverse(name, args=words), []
    for role in ("anon", "leadr", "staff"):
        answer = staffed.ask(role, "GET", address)
        problems = [] if cell(answer) in ANSWERS else [cell(answer)]
        problems += wrong_headers(answer, is_signed_in=role != "anon") + wrong_markup(answer, whole=True)
        wrong += [f"{role}: {problem}" for problem in problems]
    assert wrong == []


def test_how_many(staffed, capsys):
    """Pages of each kind are shown to staff, or the tests above look at nothing."""
    few = [f"admin:{name}" for name in ("practices_team_changelist", "practices_team_change", "practices_team_history")]
    few += ["admin:applications_application_change", "admin:programs_cohort_plan", "admin:programs_cohort_write"]
    few += ["admin:applications_call_intake_table"]
    paths = dict(ADMIN)
    shown = {name: cell(staffed.ask("staff", "GET", reverse(name, args=arguments(paths[name])))) for name in few}
    with capsys.disabled():
        asked = len(ADMIN) * len(PERSON) + len(ACCOUNTS) * 3
        print(f"\nadmin and sign-in: {asked} cells ({len(ADMIN)} and {len(ACCOUNTS)} addresses)")
    assert shown == dict.fromkeys(few, "200")


@pytest.mark.parametrize(("model", "found"), SEEN, ids=[model._meta.label for model, _ in SEEN])
def test_the_admin_uses_the_door(model, found, asking):
    """Asked as people whom its own doors keep out: what its lists would hold is what ``visible_to`` shows them."""
    sizes = set()
    for name in ("leader", "stranger", "coach", "staff", "inactive"):
        request = RequestFactory().get("/")
        request.user = asking.world.people[name]
        shown = set(found.get_queryset(request).values_list("pk", flat=True))
        assert shown == set(model._default_manager.all().visible_to(request.user).values_list("pk", flat=True)), name
        sizes.add(len(shown))
    assert max(sizes) > 0
