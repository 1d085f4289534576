"""The reader's zone holds for one request."""

from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts.middleware import reader_time_zone
from accounts.models import User

HONOLULU = "Pacific/Honolulu"


@pytest.fixture
def reader(cast):
    User.objects.filter(pk=cast.leader.pk).update(time_zone=HONOLULU)
    return User.objects.get(pk=cast.leader.pk)


def test_the_page_is_in_the_readers_zone(reader, rf):
    request = rf.get("/")
    request.user = reader
    answer = reader_time_zone(lambda request: HttpResponse(timezone.get_current_timezone_name()))(request)
    assert answer.content.decode() == HONOLULU


def test_the_zone_ends_with_the_response(reader, client):
    client.force_login(reader)
    assert client.get("/profile/").status_code == 200
    assert timezone.get_current_timezone() == ZoneInfo("UTC")


def test_the_zone_ends_with_an_exception_too(reader, rf):
    def broken(request):
        raise ZeroDivisionError

    request = rf.get("/")
    request.user = reader
    with pytest.raises(ZeroDivisionError):
        reader_time_zone(broken)(request)
    assert timezone.get_current_timezone() == ZoneInfo("UTC")
