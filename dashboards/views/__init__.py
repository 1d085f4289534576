"""Pages that compose rooms (``pages``), and how the machinery runs (``machinery``)."""

from dashboards.views.access import who_may_do_what
from dashboards.views.machinery import (
    healthz,
    status,
    status_arrived,
    status_failed,
    status_give_up,
    status_send_again,
)
from dashboards.views.pages import cohort_board, cohort_clone, cohort_new, home

__all__ = [
    "cohort_board",
    "cohort_clone",
    "cohort_new",
    "healthz",
    "home",
    "status",
    "status_arrived",
    "status_failed",
    "status_give_up",
    "status_send_again",
    "who_may_do_what",
]
