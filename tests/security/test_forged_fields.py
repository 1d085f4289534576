"""A form changes what it shows and nothing else, whatever fields are sent beside; and takes no choice that it did not offer."""

import random
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import connection, models

from accounts import views
from accounts.models import Role
from practices.models import Practice, Site
from tests.architecture.rules import rooms
from tests.fuzz.forms import Field
from tests.fuzz.posts import Pairs, Request, encoded, tame
from tests.fuzz.stage import Stage, Target
from tests.security.writes import written

# Without the mark, pytest-django makes no database for a run of this module alone.
pytestmark = pytest.mark.django_db
TRIES = 6
# allauth's own forms are its own tests' matter, and hold no object of ours.
OTHERS = ("/accounts/", "/admin/password_change/", "/admin/logout/", "/admin/login/")


@dataclass(frozen=True)
class Sent:
    status: int
    writes: tuple[str, ...]


def send(stage: Stage, target: Target, pairs: Pairs) -> Sent:
    path, _, query = target.form.action.partition("?")
    with written() as writes:
        answer = stage.server.ask(target.person, Request("POST", path, query, encoded(pairs)))
    return Sent(answer.status, tuple(writes))


def working(stage: Stage, target: Target) -> Pairs | None:
    """The form filled so that sending it changes something; None where no try did."""
    for seed in range(TRIES):
        dice = random.Random(seed)
        filled = [(control.name, tame(dice, control)) for control in target.form.fields]
        pairs: Pairs = [(name, value) for name, value in filled if value is not None]
        if send(stage, target, pairs).writes:
            return pairs
    return None


@pytest.fixture(scope="module")
def work(stage) -> list[tuple[Target, Pairs]]:
    """Every form of ours that changed something, with what it was sent."""
    forms = [one for one in stage.found.targets if one.form.fields and not one.form.action.startswith(OTHERS)]
    return [(target, pairs) for target in forms if (pairs := working(stage, target))]


# --- Fields that a form does not show ----------------------------------------------------------------------------------


def forged_value(column: models.Field) -> str:
    """A value that the column would take."""
    if column.choices:
        return str(column.choices[-1][0])
    if isinstance(column, models.ForeignKey):
        row = column.related_model._base_manager.order_by("-pk").first()
        return str(row.pk if row else 1)
    if isinstance(column, models.BooleanField):
        return "on"
    if isinstance(column, models.DateTimeField):
        return "2020-01-01 00:00"
    if isinstance(column, models.DateField):
        return "2020-01-01"
    return "7" if isinstance(column, models.IntegerField) else "forged"


def every_column() -> dict[str, str]:
    """Name -> a value, for every column of every model of ours."""
    found = {}
    for room in rooms():
        for model in apps.get_app_config(room.name).get_models():
            for column in model._meta.concrete_fields:
                found[column.name] = found[column.attname] = forged_value(column)
    return found | {"role": Role.STAFF, "is_staff": "on", "is_superuser": "on", "groups": "1", "user_permissions": "1"}


def changed_beside(stage: Stage, target: Target, pairs: Pairs) -> str:
    """What fields that the form does not show change, in words; empty: nothing."""
    same = [one for one in stage.found.targets if (one.person, one.form.action) == (target.person, target.form.action)]
    shown = {control.name for one in same for control in one.form.fields}
    extra = [(name, value) for name, value in every_column().items() if name not in shown]
    honest, forged = send(stage, target, pairs), send(stage, target, pairs + extra)
    if honest == forged:
        return ""
    more = sorted(set(forged.writes) - set(honest.writes))
    return f"{target.person} {target.form.action}: {honest.status} became {forged.status}, and wrote {more[:2]}"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="elsewhere a number is never given twice, so tries differ")
def test_fields_that_a_form_does_not_show_change_nothing(stage, work, capsys):
    found = [words for target, pairs in work if (words := changed_beside(stage, target, pairs))]
    with capsys.disabled():
        print(
            f"\nmass assignment: {len(work)} forms that write, {len(every_column())} fields each beside; {len(found)} took one"
        )
    assert not found, "\n".join(found)
    assert len(work) > 40


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="as above")
def test_a_form_that_takes_them_is_found(stage, work, monkeypatch):
    """The twin: the profile writes every column that it is sent."""

    class Wide(views.ProfileForm):
        def clean(self):
            self.instance.role = self.data.get("role", self.instance.role)
            return super().clean()

    def save(person, *, by, **fields):
        person.save()

    monkeypatch.setattr(views, "ProfileForm", Wide)
    monkeypatch.setattr(views.services, "update_profile", save)
    profile = next((target, pairs) for target, pairs in work if target.form.action == stage.addresses["profile"])
    assert "staff" in changed_beside(stage, *profile)


# --- Choices that a form does not offer --------------------------------------------------------------------------------


def is_choice(control: Field) -> bool:
    """A list or a group of buttons to choose from; one box to tick is none, nor is the pattern of a row that may be added."""
    if "__prefix__" in control.name:
        return False
    return control.kind in ("select", "radio") or (control.kind == "checkbox" and len(control.choices) > 1)


def not_offered(control: Field, keys: dict[str, list[str]]) -> list[str]:
    """Keys of rows that are there and that the form did not offer, in the way in which it names rows."""
    offered = {*control.choices, control.value}
    looks = [one for one in offered if one]
    kind = (
        "number"
        if all(one.isdecimal() for one in looks)
        else "uuid"
        if all(one.count("-") == 4 for one in looks)
        else "code"
    )
    return [one for one in keys[kind] if one not in offered][:4]


def every_key() -> dict[str, list[str]]:
    """Keys that exist: numbers, public ids, and the codes of cohorts, calls and milestones."""
    numbers, public, codes = set(), [], ["forged", "all", "*"]
    for room in rooms():
        for model in apps.get_app_config(room.name).get_models():
            names = {column.name for column in model._meta.concrete_fields}
            numbers |= {one for one in model._base_manager.values_list("pk", flat=True)[:200] if isinstance(one, int)}
            public += (
                map(str, model._base_manager.values_list("public_id", flat=True)[:3]) if "public_id" in names else []
            )
            codes += map(str, model._base_manager.values_list("code", flat=True)[:3]) if "code" in names else []
    return {"number": [*map(str, sorted(numbers, reverse=True)), "0", "-1"], "uuid": public, "code": codes}


@pytest.mark.once
def test_a_choice_that_was_not_offered_is_refused(stage, work, capsys):
    keys, found, count = every_key(), [], 0
    for target, pairs in work:
        for control in filter(is_choice, target.form.fields):
            for value in not_offered(control, keys):
                count += 1
                rest = [pair for pair in pairs if pair[0] != control.name]
                sent = send(stage, target, [*rest, (control.name, value)])
                if sent.writes or sent.status >= 500:
                    found.append(
                        f"{target.person} {target.form.action} {control.name}={value}: {sent.status} {sent.writes[:1]}"
                    )
    with capsys.disabled():
        print(f"\nforged keys on {connection.vendor}: {count} in {len(work)} forms that write; {len(found)} taken")
    assert not found, "\n".join(found)
    assert count > 80


# --- Formsets ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def practices(stage):
    """A practice with a site, and another one with a site of its own."""
    own, other = Practice.objects.order_by("pk")[:2]
    return own, Site.objects.create(practice=own, name="Own"), Site.objects.create(practice=other, name="Other")


FORGERIES = {
    "another practice's site": {"sites-0-id": "{other}", "sites-INITIAL_FORMS": "1"},
    "another practice's site, as its own": {
        "sites-0-id": "{other}",
        "sites-0-practice": "{own}",
        "sites-INITIAL_FORMS": "1",
    },
    "another practice's site, to be removed": {
        "sites-0-id": "{other}",
        "sites-0-DELETE": "on",
        "sites-INITIAL_FORMS": "1",
    },
    "a new site of another practice": {"sites-0-id": "", "sites-0-practice": "{foreign}", "sites-INITIAL_FORMS": "0"},
    "its own site, moved to another practice": {
        "sites-0-id": "{mine}",
        "sites-0-practice": "{foreign}",
        "sites-INITIAL_FORMS": "1",
    },
    "fewer rows than it has": {"sites-0-id": "{mine}", "sites-INITIAL_FORMS": "9"},
    "a number below nothing": {"sites-TOTAL_FORMS": "-1", "sites-INITIAL_FORMS": "-1"},
    "no number": {"sites-TOTAL_FORMS": "many", "sites-INITIAL_FORMS": ""},
    "a milliard rows": {"sites-TOTAL_FORMS": "1000000000", "sites-INITIAL_FORMS": "0"},
}


@pytest.mark.once
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_formset_reaches_no_other_object(stage, practices, forgery):
    own, mine, other = practices
    values = {"own": own.pk, "mine": mine.pk, "other": other.pk, "foreign": other.practice_id}
    fields = {
        "sites-TOTAL_FORMS": "1",
        "sites-MIN_NUM_FORMS": "0",
        "sites-MAX_NUM_FORMS": "1000",
        "sites-0-name": "Forged",
    }
    fields |= {name: value.format(**values) for name, value in FORGERIES[forgery].items()}
    words = ("name", "city", "region", "setting", "rurality", "health_system", "domain")
    facts = {name: getattr(own, name) or "" for name in words}
    body = encoded(list((facts | {"country": str(own.country)} | fields).items()))
    path = f"/admin/practices/practice/{own.pk}/change/"
    with written() as writes:
        answer = stage.server.ask("staff", Request("POST", path, "", body))
    assert answer.status in (200, 302, 400)
    touched = [one for one in writes if "practices_site" in one]
    assert not [one for one in touched if "DELETE" in one or f"'{other.pk}'" in one.rpartition("WHERE")[2]], touched
    # A new row may be added; it is this practice's.
    assert all(f"'{own.pk}'" in one for one in touched), touched
