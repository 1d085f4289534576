import pytest

from collaborative.wsgi import application
from tests.access.objects import build
from tests.fuzz.stage import staged


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """The cast, everybody's cookies and every address; each request through the product's own WSGI application is undone."""
    with django_db_blocker.unblock(), staged(application) as stage:
        yield stage


@pytest.fixture
def url_objects_of():
    """The objects of tests/access/objects.py, for a cast."""
    return build
