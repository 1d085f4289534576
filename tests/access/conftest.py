"""One cast, its objects and everybody's browser for a whole module: building them anew for each line would take minutes."""

import logging

import pytest
from django.db import transaction
from django.template import Template
from django.test.utils import _TestState

from core import clock
from tests.access.asking import Asking
from tests.access.objects import build_sets
from tests.conftest import NOW, build_cast


@pytest.fixture(scope="module")
def asking(django_db_setup, django_db_blocker):
    """Everybody signed in, in a transaction that is undone after the module. Each request is undone after itself."""
    logging.disable(logging.ERROR)  # thousands of refusals are meant
    # The test client keeps a copy of every template's context, of each option of a list of countries too; nobody asks for it.
    noting, Template._render = Template._render, _TestState.saved_data.template_render
    with django_db_blocker.unblock(), clock.at(NOW), transaction.atomic():
        yield Asking(build_sets(build_cast()))
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
    Template._render = noting
