from datetime import timedelta

import pytest
from django.test import RequestFactory

from core.middleware import stamp_arrival


def arrival(**headers):
    seen = []
    stamp_arrival(lambda request: seen.append(request.arrived_at))(RequestFactory().get("/", headers=headers))
    return seen[0]


def test_arrival_is_the_moment_the_request_came_in(now):
    assert arrival() == now


def test_a_proxy_is_believed_only_where_it_is_trusted(now, settings):
    earlier = now - timedelta(seconds=40)
    header = {"X-Request-Start": f"t={earlier.timestamp()}"}
    assert arrival(**header) == now
    settings.TRUST_REQUEST_START = True
    assert arrival(**header) == earlier


@pytest.mark.parametrize("value", ["", "t=", "soon", "t=nan", "t=1e400", "t=-1", "t=99999999999"])
def test_nonsense_and_the_future_are_ignored(now, settings, value):
    settings.TRUST_REQUEST_START = True
    assert arrival(**{"X-Request-Start": value}) == now
