"""Installing a program with everything that its teams will need."""

from datetime import date

import pytest

from applications.models import Call
from assessments.models import InstrumentVersion
from core.models import AuditEntry
from core.refusals import Refused
from dashboards import services
from programs.definition import catalog, read
from programs.models import Cohort, Milestone, Program
from questionnaires.models import FormVersion
from sessions_app.models import Session, SessionDay
from sessions_app.services import change_mode

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def counts() -> list[int]:
    return [
        model.objects.count()
        for model in (Program, Cohort, Milestone, Call, FormVersion, InstrumentVersion, Session, SessionDay, AuditEntry)
    ]


def test_the_2024_program_has_call_form_sessions_and_instrument():
    program = services.install_catalog_program("health-equity-2024")
    cohort = program.cohorts.get()
    assert (cohort.call.opening.code, cohort.call.deadline.code) == ("opening", "deadline")
    assert list(cohort.call.form.sections.values_list("code", flat=True)) == [
        "quality-problem",
        "patients",
        "readiness",
        "commitment",
    ]
    sessions = Session.objects.order_by("milestone__starts_on")
    assert [(one.milestone.code, one.mode, one.days.count()) for one in sessions] == [
        ("qtp-1", "in_person", 2),
        ("qtp-2", "in_person", 2),
        ("qtp-3", "in_person", 1),
    ]
    assert InstrumentVersion.objects.get().instrument.code == "equity-illustrative"


def test_installing_again_changes_nothing():
    for path in catalog().values():
        services.install_program(read(path))
    before = counts()
    for path in catalog().values():
        changes = services.install_program(read(path))
        assert {change.verb for change in changes} == {"unchanged"}
    assert counts() == before


def test_an_unknown_program_is_refused_with_the_known_ones():
    with pytest.raises(
        Refused, match=r"There is no program “x”\. Known programs: health-equity-2024, quality-training-program"
    ):
        services.install_catalog_program("x")


def test_a_cohort_from_offsets_gets_its_call_and_its_sessions():
    program = services.install_catalog_program("rural-and-urban")
    cohort = services.open_cohort(program, code="ru", title="RU", starts_on=date(2027, 1, 4))
    assert cohort.call.form.code == "rural-and-urban"
    modes = Session.objects.filter(milestone__cohort=cohort).values_list("milestone__code", "mode")
    assert dict(modes) == {"qtp-1": "in_person", "qtp-2": "in_person", "qtp-3": "in_person", "workshop": "on_site"}


def test_a_clone_holds_its_sessions_as_the_original_does(cast):
    program = services.install_catalog_program("health-equity-2024")
    cohort = program.cohorts.get()
    change_mode(Session.objects.get(milestone__code="qtp-2"), mode="virtual", by=cast.staff)
    clone = services.clone_cohort(cohort, code="next", title="Next", weeks=52, by=cast.staff)
    assert clone.call.deadline.ends_on == date(2025, 4, 30)
    modes = Session.objects.filter(milestone__cohort=clone).values_list("milestone__code", "mode")
    assert dict(modes) == {"qtp-1": "in_person", "qtp-2": "virtual", "qtp-3": "in_person"}


def test_an_instrument_that_is_not_shipped_is_refused_and_nothing_is_loaded(tmp_path):
    text = catalog()["health-equity-2024"].read_text().replace("equity-illustrative", "equity-real")
    with pytest.raises(Refused, match="There is no instrument “equity-real”"):
        services.install_program(read(text))
    assert not Program.objects.exists()
