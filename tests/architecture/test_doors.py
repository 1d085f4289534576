"""What a request names is fetched through ``visible_to``. That the admin's lists are, tests/access/test_groups.py shows."""

import pytest

from tests.architecture.doors import OTHER_DOORS, OTHER_KEYS, door_functions, fetches, meets_requests
from tests.architecture.rules import Source, product

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def doors() -> frozenset[str]:
    return door_functions(product())


def test_every_fetch_comes_through_the_door(doors):
    assert [str(finding) for source in product() for finding in fetches(source, doors)] == []


def test_it_looks_at_every_room_with_pages():
    rooms = {source.room for source in product() if meets_requests(source)}
    assert rooms >= {"accounts", "applications", "assessments", "improvement", "notifications", "practices", "programs"}


def test_every_exception_is_still_there():
    """An exception that excuses nothing would excuse what somebody writes under its name later."""
    places = {f"{source.path}:{f.name}" for source in product() for f in source.functions()}
    assert sorted(set(OTHER_KEYS) - places) == []
    assert sorted(set(OTHER_DOORS) - {place.partition(":")[2] for place in places}) == []


HEAD = "def page(request, public_id: str, user: User, team: Team):\n    "
OPEN = {
    "by its id": "return get_object_or_404(Project, public_id=public_id)",
    "of all": "return get_object_or_404(Project.objects.all(), public_id=public_id)",
    "without a name": "return Project.objects.get(pk=request.GET['project'])",
    "filtered": "return Project.objects.filter(pk__in=request.POST.getlist('project')).first()",
    "from a form": "return Project.objects.filter(pk=form.cleaned_data['project'])",
    "in bulk": "return Project.objects.in_bulk(request.POST.getlist('projects'))",
    "by a name of its own": "key = request.POST['key']\n    return Project.objects.get(public_id=key)",
    "by a loop": "for key in request.POST.getlist('key'):\n        Project.objects.get(public_id=key)",
    "through related rows": "return get_object_or_404(Project.objects.select_related('team'), code=public_id)",
    "of another's team": "return get_object_or_404(Project, team=request.POST['team'])",
    "beside the door": "seen = Project.objects.visible_to(user)\n    return get_object_or_404(Project, pk=public_id)",
    "from a function of the file": (
        "return get_object_or_404(found(), pk=public_id)\ndef found():\n    return Project.objects.all()"
    ),
}


@pytest.mark.parametrize("module", ["views.py", "admin/projects.py", "feeds.py", "tasks.py", "forms/work.py"])
@pytest.mark.parametrize("text", OPEN.values(), ids=OPEN)
def test_a_fetch_past_the_door_is_seen(text, module, doors):
    assert len(list(fetches(Source(f"improvement/{module}", HEAD + text), doors))) == 1


CLOSED = {
    "through the door": "return get_object_or_404(Project.objects.visible_to(request.user), public_id=public_id)",
    "with more": "return get_object_or_404(updates(Project.objects.visible_to(user).all()), public_id=public_id)",
    "by a name": "rows = Project.objects.visible_to(user)\n    return get_object_or_404(rows, public_id=public_id)",
    "of teams that are seen": "return get_object_or_404(Member, public_id=public_id, team__in=Team.objects.visible_to(user))",
    "within an object that is there": "return get_object_or_404(Project, team=team, code=public_id)",
    "within what was fetched": (
        "row = get_object_or_404(Team.objects.visible_to(user), public_id=public_id)\n"
        "    return get_object_or_404(Project, team=row.pk, code=request.POST['code'])"
    ),
    "one's own": "return get_object_or_404(Project, user=request.user, public_id=public_id)",
    "by nothing of the request": "return Project.objects.get(pk=1)",
    "from a selector": "return get_object_or_404(selectors.inbox(user), public_id=public_id)",
    "no query": "return request.GET.get('project')",
}


@pytest.mark.parametrize("text", CLOSED.values(), ids=CLOSED)
def test_a_fetch_through_the_door_is_left_alone(text, doors):
    assert list(fetches(Source("improvement/views.py", HEAD + text), doors)) == []


def test_it_looks_where_requests_arrive_and_nowhere_else(doors):
    """A service is handed objects that came through the door."""
    assert list(fetches(Source("improvement/services.py", HEAD + OPEN["by its id"]), doors)) == []
