from collections.abc import Iterator

import pytest

from tests.faults.machines import Postgres, production
from tests.faults.stage import Stage, new_database, run


@pytest.fixture(scope="session")
def postgres(tmp_path_factory) -> Iterator[Postgres]:
    """A PostgreSQL with a database ``migrated`` to copy."""
    folder = tmp_path_factory.mktemp("pg")
    server = Postgres()
    settings = production({"DATABASE_URL": server.database("migrated"), "VAR_DIR": str(folder / "var")})
    run(settings, "manage.py", "migrate", "-v0")
    yield server
    server.remove()


@pytest.fixture
def stage(postgres, tmp_path) -> Iterator[Stage]:
    one = Stage(tmp_path, new_database(postgres))
    yield one
    one.sink.kill()
