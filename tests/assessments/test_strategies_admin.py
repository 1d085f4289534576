"""Staff's library of strategies: added, reworded, retired and brought back, and what is refused."""

import pytest
from django.urls import reverse

from assessments import services
from assessments.models import Strategy
from assessments.services.strategies import UnknownCode, refuse_unknown
from core.models import AuditEntry
from tests.assessments.conftest import answer_all, small

LIST = reverse("admin:assessments_strategy_changelist")
ADD = reverse("admin:assessments_strategy_add")


@pytest.fixture
def staff(client, cast, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client.force_login(cast.staff)
    return client


@pytest.fixture
def strategy(instrument):
    """One that came with the software."""
    return Strategy.objects.create(
        code="screen", title="Screen", text="Screen all.", instrument=instrument.instrument, item_code="a"
    )


def change_of(strategy: Strategy) -> str:
    return reverse("admin:assessments_strategy_change", args=[strategy.pk])


def filled(instrument, **changes: object) -> dict[str, object]:
    form = {
        "title": "Ask at check-in",
        "code": "ask",
        "instrument": instrument.instrument_id,
        "domain_code": "",
        "item_code": "b",
        "text": "Ask everybody at check-in.",
        "source": "",
        "url": "",
    }
    return form | changes


def press(client, action: str, *strategies: Strategy):
    data = {"action": action, "_selected_action": [one.pk for one in strategies]}
    return client.post(LIST, data, follow=True).content.decode()


def written() -> list[str]:
    rows = AuditEntry.objects.filter(verb__startswith="strategy.").order_by("pk")
    return list(rows.values_list("verb", flat=True))


# --- Written ----------------------------------------------------------------------------------------------------------


def test_one_is_added(staff, cast, instrument, now):
    """An empty line in its text would begin the next strategy of a report, so the text becomes one paragraph."""
    answer = staff.post(ADD, filled(instrument, text="Ask everybody\r\n\r\n  at check-in."))
    assert answer.status_code == 302
    stored = Strategy.objects.get()
    assert (stored.code, stored.item_code, stored.text) == ("ask", "b", "Ask everybody at check-in.")
    assert (stored.written_at, stored.written_by, stored.is_retired) == (now, cast.staff, False)
    assert written() == ["strategy.added"]


def test_one_is_reworded_and_keeps_its_code_and_instrument(staff, cast, instrument, strategy, now):
    answer = staff.post(change_of(strategy), filled(instrument, code="other", item_code="", domain_code="one"))
    assert answer.status_code == 302
    stored = Strategy.objects.get()
    assert (stored.code, stored.title, stored.domain_code, stored.item_code) == ("screen", "Ask at check-in", "one", "")
    assert stored.written_by == cast.staff
    assert written() == ["strategy.changed"]


def test_a_report_keeps_the_words_that_it_was_given(cast, assessment, strategy, now):
    answer_all(assessment, cast.leader, a="low")
    services.submit(assessment, by=cast.leader, arrived_at=now)
    report = services.draft_report(assessment, by=cast.staff)
    strategy.text = "Other words."
    services.write_strategy(strategy, by=cast.staff)
    services.retire_strategy(strategy, by=cast.staff)
    (row,) = report.findings.get().strategies.all()
    assert (row.text, row.strategy) == ("Screen all.", strategy)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"item_code": ""}, "domain_code", "Name a domain or an item by its code"),
        ({"item_code": "z"}, "item_code", "has no item “z”. It has: a, b, c."),
        ({"item_code": "", "domain_code": "a"}, "domain_code", "has no domain “a”. It has: one, two."),
        ({"title": ""}, "title", "Fill in this field."),
        ({"text": " "}, "text", "Fill in this field."),
        ({"code": "screen"}, "code", "already exists"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(staff, instrument, strategy, changes, field, said):
    answer = staff.post(ADD, filled(instrument, **changes))
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert list(errors) == [field]
    assert said in errors[field][0]
    assert Strategy.objects.get() == strategy
    assert written() == []


def test_codes_of_any_version_are_known(cast, assessment):
    """The version in use is frozen; an item that only its successor asks has strategies too, and so has one that it dropped."""
    services.load_instrument(small(**{"code: c, text": "code: d, text"}))
    for code in ("c", "d"):
        refuse_unknown(assessment.version.instrument, domain_code="", item_code=code)
    with pytest.raises(UnknownCode, match="It has: a, b, c, d") as refused:
        refuse_unknown(assessment.version.instrument, domain_code="one", item_code="e")
    assert refused.value.field == "item_code"


# --- Retired and brought back -----------------------------------------------------------------------------------------


def test_retired_and_brought_back(staff, cast, instrument, strategy):
    other = Strategy.objects.create(
        code="old", title="Old", text="Old.", instrument=instrument.instrument, item_code="b", is_retired=True
    )
    assert "1 strategy was changed." in press(staff, "retire", strategy, other)
    assert set(Strategy.objects.values_list("code", "is_retired")) == {("screen", True), ("old", True)}
    assert "2 strategies were changed." in press(staff, "bring_back", strategy, other)
    assert set(Strategy.objects.values_list("code", "is_retired")) == {("screen", False), ("old", False)}
    assert "0 strategies were changed." in press(staff, "bring_back", strategy, other)
    assert written() == ["strategy.retired", "strategy.brought_back", "strategy.brought_back"]


def test_twice_is_once(cast, strategy):
    for act, is_retired in ((services.retire_strategy, True), (services.bring_back_strategy, False)):
        for _ in range(2):
            act(strategy, by=cast.staff)
        assert strategy.is_retired is is_retired
        assert Strategy.objects.get().is_retired is is_retired
    assert written() == ["strategy.retired", "strategy.brought_back"]


def test_what_is_retired_is_suggested_no_more_until_it_is_brought_back(cast, assessment, strategy):
    assert services.findings.library_of_instrument(assessment) == [strategy]
    services.retire_strategy(strategy, by=cast.staff)
    assert services.findings.library_of_instrument(assessment) == []
    services.bring_back_strategy(strategy, by=cast.staff)
    assert services.findings.library_of_instrument(assessment) == [strategy]


# --- Who --------------------------------------------------------------------------------------------------------------


def test_none_is_deleted(staff, strategy):
    address = reverse("admin:assessments_strategy_delete", args=[strategy.pk])
    assert staff.post(address, {"post": "yes"}).status_code == 403
    press(staff, "delete_selected", strategy)
    assert Strategy.objects.get() == strategy


@pytest.mark.parametrize("who", ["leader", "helper", "reviewer", "coach", "leadership"])
def test_nobody_but_staff_keeps_the_library(client, cast, instrument, strategy, who):
    client.force_login(getattr(cast, who))
    for address, data in (
        (LIST, {"action": "retire", "_selected_action": [strategy.pk]}),
        (ADD, filled(instrument)),
        (change_of(strategy), filled(instrument)),
    ):
        assert client.post(address, data).status_code in (302, 403, 404)
    stored = Strategy.objects.get()
    assert (stored.title, stored.is_retired) == ("Screen", False)


def test_the_list_finds_by_words_and_by_what_it_is_for(staff, instrument, strategy):
    Strategy.objects.create(
        code="wide", title="Wide", text="Try it.", instrument=instrument.instrument, domain_code="two"
    )

    def found(query: str) -> list[str]:
        return [one.code for one in staff.get(f"{LIST}?{query}").context["cl"].result_list]

    assert found("for=a") == found("q=Screen+all") == ["screen"]
    assert found("for=two") == found("q=two") == ["wide"]
    assert len(found("")) == 2
