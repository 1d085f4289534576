"""What the settings tell the database."""

import pytest
from django.db import connection

from applications.models import Application
from applications.selectors import with_context

pytestmark = pytest.mark.django_db


def test_postgresql_does_not_think_for_long():
    """Left to itself it weighs every order of an application's fourteen tables, at every page anew."""
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("SHOW join_collapse_limit")
        assert cursor.fetchone() == ("4",)
        sql, params = with_context(Application.objects.all()).query.sql_with_params()
        assert sql.count(" JOIN ") > 8  # what PostgreSQL takes by itself; with fewer the setting could go
        cursor.execute(f"EXPLAIN (SUMMARY) {sql}", params)
        assert "Planning Time" in cursor.fetchall()[-1][0]
