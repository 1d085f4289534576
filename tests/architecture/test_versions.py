"""What is installed is new enough, and is what the lock file says."""

from importlib.metadata import distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.architecture.rules import ROOT

pytestmark = pytest.mark.once

# The oldest versions without a known hole or defect that touches us, as of 2026-11-21 (docs/architecture.md).
FLOORS = {
    "django": "5.2.19",
    "django-allauth": "65.21.1",
    "celery": "5.7.0",
    "kombu": "5.7.0",
    "redis": "8.1.0",
    "gunicorn": "27.0.1",
    "django-csp": "4.0",
    "cryptography": "47",
}
# Not needed yet. Whoever brings one in moves it up.
FLOORS_IF_INSTALLED = {
    "pillow": "13.0.0",
    "typst": "0.15.2",
    "urllib3": "2.8.0",
    "requests": "2.33.0",
    "lxml": "6.1.0",
    "nh3": "0.3.8",
}


def requirements(name: str) -> dict[str, Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {requirement.name.lower().replace("_", "-"): requirement for requirement in found}


def installed() -> dict[str, str]:
    return {dist.name.lower().replace("_", "-"): dist.version for dist in distributions()}


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_new_enough(name, floor):
    assert Version(version(name)) >= Version(floor)


def test_what_came_in_by_another_way_is_new_enough_too():
    here = installed()
    assert [
        name for name, floor in FLOORS_IF_INSTALLED.items() if Version(here.get(name, "9999")) < Version(floor)
    ] == []


def test_django_is_the_long_term_release():
    assert Version(version("django")).release[:2] == (5, 2)


def test_every_requirement_is_pinned_and_locked_at_the_same_version():
    locked = requirements("requirements.lock")
    direct = requirements("requirements.txt") | requirements("requirements-dev.txt")
    wrong = [
        name for name, r in direct.items() if name not in locked or str(r.specifier) != str(locked[name].specifier)
    ]
    assert wrong == []
    assert all(str(requirement.specifier).startswith("==") for requirement in locked.values())


def test_what_is_installed_is_what_is_locked():
    locked = {
        name: str(requirement.specifier).removeprefix("==")
        for name, requirement in requirements("requirements.lock").items()
    }
    here = {name: number for name, number in installed().items() if name not in {"pip", "setuptools", "wheel"}}
    assert here == locked
