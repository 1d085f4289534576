"""Every house rule over every file of the product, and for each rule a line that it must see."""

import pytest

from tests.architecture import rules
from tests.architecture.rules import RULES, Source, product

pytestmark = pytest.mark.once


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule):
    assert [str(finding) for source in product() for finding in rule(source)] == []


BROKEN = [
    (rules.only_one_clock, "programs/services.py", "import datetime\nx = datetime.datetime.now()"),
    (rules.only_one_clock, "programs/services.py", "from datetime import date\nx = date.today()"),
    (rules.only_one_clock, "programs/services.py", "from django.utils import timezone\nx = timezone.now()"),
    (rules.only_one_clock, "programs/models.py", "from django.utils import timezone\nx = Field(default=timezone.now)"),
    (rules.only_one_clock, "programs/models.py", "at = models.DateTimeField(auto_now_add=True)"),
    (rules.only_one_clock, "programs/services.py", "from django.db.models.functions import Now"),
    (rules.only_one_clock, "programs/services.py", "from django.utils.timezone import now"),
    (rules.only_one_clock, "programs/services.py", "from django.utils import timezone\nx = timezone.localdate()"),
    (rules.no_signals, "programs/apps.py", "from django.db.models.signals import post_save"),
    (rules.no_signals, "programs/apps.py", "post_save.connect(f)"),
    (rules.no_signals, "programs/apps.py", "from django.dispatch import receiver"),
    (
        rules.no_generic_foreign_keys,
        "programs/models.py",
        "from django.contrib.contenttypes.fields import GenericForeignKey",
    ),
    (rules.no_imports_inside_functions, "programs/services.py", "def f():\n    import practices.models"),
    (rules.no_catch_all, "programs/services.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (rules.no_catch_all, "programs/services.py", "try:\n    f()\nexcept (KeyError, Exception):\n    pass"),
    (rules.no_catch_all, "programs/services.py", "try:\n    f()\nexcept:\n    pass"),
    (rules.no_save_overrides, "programs/models.py", "class A:\n    def save(self, *a): ..."),
    (rules.no_save_overrides, "programs/models/calls.py", "class A:\n    def save(self, *a): ..."),
    (rules.no_state_outside_move, "programs/services.py", "application.state = 'submitted'"),
    (rules.no_state_outside_move, "programs/services.py", "things.filter(pk=1).update(state='gone')"),
    (rules.no_state_outside_move, "programs/services.py", "setattr(application, 'state', 'gone')"),
    (rules.no_state_outside_move, "programs/services.py", "Thing.objects.bulk_update(things, ['state'])"),
    (rules.short_functions, "programs/services.py", "def f():\n" + "    x = 1\n" * 60),
    (rules.short_files, "programs/services.py", "x = 1\n" * 401),
    (rules.named_migrations, "programs/migrations/0002_auto_20260101_0000.py", ""),
    (rules.no_drawers, "collaborative/utils.py", ""),
    (rules.only_one_table_writer, "programs/exports.py", "import csv\ncsv.writer(file)"),
    (rules.only_one_table_writer, "programs/exports.py", "import csv\ncsv.DictWriter(file, [])"),
    (rules.only_one_table_writer, "programs/exports.py", "from csv import writer"),
    (rules.only_one_table_writer, "programs/exports.py", "from openpyxl import Workbook"),
    (rules.no_drawers, "simulation/helpers/text.py", ""),
]


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_each_rule_sees_what_it_is_for(rule, path, text):
    assert len(list(rule(Source(path, text)))) == 1


ALLOWED = [
    (rules.only_one_clock, "core/clock.py", "from datetime import datetime\nx = datetime.now()"),
    (rules.only_one_clock, "programs/services.py", "from core import clock\nx = clock.now()"),
    (rules.only_one_clock, "notifications/services.py", "from django.db.models.functions import Now"),
    (rules.only_one_clock, "programs/services.py", "from django.utils import timezone\nx = timezone.localdate(moment)"),
    (rules.no_state_outside_move, "notifications/services/claims.py", "rows.update(state='sent')"),
    (rules.no_catch_all, "notifications/delivery.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (rules.no_save_overrides, "programs/forms.py", "class A:\n    def save(self, *a): ..."),
    (rules.no_state_outside_move, "core/transitions.py", "row.update(state='gone')"),
    (rules.no_state_outside_move, "programs/services.py", "Thing.objects.create(state='new')"),
    (rules.short_functions, "programs/services.py", "def f():\n" + "    x = 1\n" * 59),
    (rules.only_one_table_writer, "core/exports.py", "import csv\ncsv.writer(file)"),
    (rules.only_one_table_writer, "programs/services.py", "import csv\ncsv.reader(file)"),
]


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_and_leaves_alone_what_is_allowed(rule, path, text):
    assert list(rule(Source(path, text))) == []
