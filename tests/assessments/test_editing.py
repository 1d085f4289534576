"""Staff edit an instrument: a draft in writing, put in use, frozen by the first round, followed by the next version."""

import pytest

from assessments import definition, selectors, services
from assessments.models import InstrumentVersion
from assessments.services import InstrumentRefused
from core.models import AuditEntry
from tests.assessments.conftest import SMALL, parsed, small

ITEM = {
    "code": "d",
    "text": "Item D.",
    "levels": [{"code": "no", "anchor": "Not."}, {"code": "yes", "anchor": "Yes."}],
}


def codes(version) -> list[tuple[str, list[str]]]:
    return [(one.code, [item.code for item in one.items]) for one in selectors.plan_of(version).domains]


def fresh(version) -> InstrumentVersion:
    return InstrumentVersion.objects.select_related("instrument").get(pk=version.pk)


def test_what_is_loaded_is_what_the_file_says(instrument):
    assert selectors.plan_of(instrument).model_dump() == small().model_dump()
    assert selectors.plan_of(instrument).sha256 == instrument.content_sha256 == small().sha256


def test_an_edit_holds_the_version_back_until_it_is_put_in_use(cast, instrument):
    services.put_settings(instrument, {"rule": "weighted_mean", "display_max": 5}, by=cast.staff)
    version = fresh(instrument)
    assert (version.rule, version.display_max, version.is_in_writing) == ("weighted_mean", 5, True)
    assert (version.edited_by, version.edited_at is not None) == (cast.staff, True)
    assert version.content_sha256 == selectors.plan_of(version).sha256
    assert selectors.newest_version("equity-illustrative") is None
    with pytest.raises(services.AssessmentRefused, match="are not available yet"):
        services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
    services.put_in_use(version, seen=version.content_sha256, by=cast.staff)
    assert services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader).version == version
    verbs = AuditEntry.objects.filter(object_type="assessments.instrumentversion").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "instrumentversion.loaded",
        "instrumentversion.changed",
        "instrumentversion.put_in_use",
    ]


def test_the_same_again_changes_nothing(cast, instrument):
    services.put_settings(instrument, {"rule": "mean"}, by=cast.staff)
    assert (fresh(instrument).is_in_writing, fresh(instrument).edited_at) == (False, None)


def test_a_frozen_version_is_followed_by_a_copy(cast, assessment):
    frozen = assessment.version
    with pytest.raises(InstrumentRefused, match="Assessments use this version, so it cannot be changed"):
        services.put_settings(frozen, {"display_max": 5}, by=cast.staff)
    draft = services.write_next(frozen, by=cast.staff)
    assert (draft.number, draft.based_on, draft.is_in_writing, draft.frozen_at) == (2, frozen, True, None)
    assert selectors.plan_of(draft) == selectors.plan_of(frozen)
    assert services.write_next(frozen, by=cast.staff) == draft
    assert selectors.newest_version("equity-illustrative") == frozen
    services.put_item(draft, "two", ITEM, by=cast.staff)
    assert codes(frozen) == [("one", ["a", "b"]), ("two", ["c"])]
    assert codes(draft) == [("one", ["a", "b"]), ("two", ["c", "d"])]
    services.put_in_use(fresh(draft), by=cast.staff)
    assert selectors.newest_version("equity-illustrative") == draft


def test_domains_and_items_are_added_changed_moved_and_removed(cast, instrument):
    by = {"by": cast.staff}
    services.put_domain(instrument, "three", {"title": "Three"}, **by)
    services.put_domain(instrument, "one", {"title": "First", "weight": 2}, **by)
    services.put_item(instrument, "three", ITEM, **by)
    services.put_item(instrument, "three", ITEM | {"text": "Item D, changed."}, code="d", **by)
    services.put_item(instrument, "three", ITEM | {"code": "e"}, **by)
    services.move_domain(instrument, "three", by_places=-1, **by)
    services.move_item(instrument, "e", by_places=-1, **by)
    assert codes(instrument) == [("one", ["a", "b"]), ("three", ["e", "d"]), ("two", ["c"])]
    services.put_item(instrument, "two", ITEM | {"code": "dd"}, code="d", **by)
    services.remove_item(instrument, "e", **by)
    assert codes(instrument) == [("one", ["a", "b"]), ("three", []), ("two", ["c", "dd"])]
    with pytest.raises(InstrumentRefused, match="Domain three: add an item, or remove the domain"):
        services.put_in_use(fresh(instrument), **by)
    services.remove_domain(instrument, "three", **by)
    services.move_domain(instrument, "one", by_places=-1, **by)
    services.move_item(instrument, "c", by_places=-1, **by)
    services.put_in_use(fresh(instrument), **by)
    plan = selectors.plan_of(instrument)
    assert (plan.domains[0].title, plan.domains[0].weight) == ("First", 2)


REFUSED = [
    (lambda v, by: services.put_item(v, "one", ITEM | {"code": "a"}, by=by), "Item code “a” is there twice"),
    (lambda v, by: services.put_item(v, "one", ITEM | {"weight": 0}, by=by), "A weight is above 0"),
    (lambda v, by: services.put_item(v, "one", ITEM | {"levels": ITEM["levels"][:1]}, by=by), "at least two levels"),
    (lambda v, by: services.put_item(v, "one", ITEM | {"levels": ITEM["levels"] * 2}, by=by), "“no” is there twice"),
    (lambda v, by: services.put_item(v, "one", ITEM | {"text": " "}, by=by), "is empty. Write something there"),
    (lambda v, by: services.put_item(v, "gone", ITEM, by=by), "There is no domain “gone” any more"),
    (lambda v, by: services.put_item(v, "one", ITEM, code="gone", by=by), "There is no item “gone” any more"),
    (lambda v, by: services.put_domain(v, "Domain", {"title": "T"}, by=by), "“Domain” is not a code"),
    (lambda v, by: services.put_domain(v, "one", {"title": "x" * 201}, by=by), "is too long: 200 characters at most"),
    (lambda v, by: services.put_settings(v, {"rule": "median"}, by=by), "“median” is no scoring rule"),
    (lambda v, by: services.put_settings(v, {"display_max": 0}, by=by), "Display max: "),
    (lambda v, by: services.remove_domain(v, "gone", by=by), "There is no domain “gone” any more"),
    (lambda v, by: services.remove_item(v, "gone", by=by), "There is no item “gone” any more"),
    (lambda v, by: services.put_instrument(v, definition.shipped("readiness"), by=by), "The file is of “readiness”"),
    (lambda v, by: services.drop_version(v, by=by), "This is the only version of the instrument"),
    (lambda v, by: services.put_in_use(v, by=by), "This version is in use already"),
    (lambda v, by: services.create_instrument("equity-illustrative", "T", by=by), "There is an instrument"),
    (lambda v, by: services.create_instrument("No code", "T", by=by), "“No code” is not a code"),
]


@pytest.mark.parametrize(("act", "words"), REFUSED, ids=[words for _act, words in REFUSED])
def test_what_cannot_be_is_refused_and_changes_nothing(cast, instrument, act, words):
    before = selectors.plan_of(instrument)
    with pytest.raises(InstrumentRefused) as caught:
        act(instrument, cast.staff)
    assert any(words in sentence for sentence in caught.value.sentences), caught.value.sentences
    assert selectors.plan_of(instrument) == before
    assert fresh(instrument).edited_at is None


def test_a_rule_with_gates_waits_for_its_gates(cast, instrument):
    services.put_settings(instrument, {"rule": "gate_and_points"}, by=cast.staff)
    with pytest.raises(InstrumentRefused, match="needs at least one item with is_gate"):
        services.put_in_use(fresh(instrument), by=cast.staff)
    item = selectors.plan_of(instrument).items[0].model_dump() | {"is_gate": True}
    services.put_item(instrument, "one", item, code="a", by=cast.staff)
    services.put_in_use(fresh(instrument), by=cast.staff)


def test_an_item_of_a_frozen_version_stays_in_its_domain(cast, assessment):
    draft = services.write_next(assessment.version, by=cast.staff)
    item = selectors.plan_of(draft).items[0].model_dump()
    with pytest.raises(InstrumentRefused, match="Item a stands in domain two, and in an earlier version in one"):
        services.put_item(draft, "two", item, code="a", by=cast.staff)
    with pytest.raises(InstrumentRefused, match="Item a stands in domain two"):
        line = SMALL[SMALL.index("      - code: a") : SMALL.index("      - {code: b")]
        services.put_instrument(draft, parsed(SMALL.replace(line, "") + line), by=cast.staff)
    assert codes(draft) == [("one", ["a", "b"]), ("two", ["c"])]


def test_what_was_changed_since_it_was_looked_at_is_not_put_in_use(cast, assessment):
    draft = services.write_next(assessment.version, by=cast.staff)
    seen = draft.content_sha256
    services.put_settings(draft, {"display_max": 5}, by=cast.staff)
    with pytest.raises(InstrumentRefused, match="has been changed since you looked at it"):
        services.put_in_use(draft, seen=seen, by=cast.staff)


def test_a_draft_is_given_up_and_a_used_version_is_not(cast, assessment):
    draft = services.write_next(assessment.version, by=cast.staff)
    services.drop_version(draft, by=cast.staff)
    assert list(InstrumentVersion.objects.all()) == [assessment.version]
    with pytest.raises(InstrumentRefused, match="Assessments use this version, so it stays"):
        services.drop_version(assessment.version, by=cast.staff)


def test_what_staff_have_edited_stays_whatever_a_file_says(cast, assessment):
    draft = services.write_next(assessment.version, by=cast.staff)
    services.put_settings(draft, {"display_max": 5}, by=cast.staff)
    assert services.load_instrument(small(**{"Item C.": "Item C reworded."})) == assessment.version
    services.put_in_use(fresh(draft), by=cast.staff)
    assert services.load_instrument(small(**{"Item C.": "Item C reworded."})) == draft
    assert (InstrumentVersion.objects.count(), fresh(draft).display_max) == (2, 5)


def test_a_new_instrument_begins_empty(cast):
    version = services.create_instrument("own", "Our own", is_illustrative=True, by=cast.staff)
    assert (version.number, version.is_in_writing, version.instrument.is_illustrative) == (1, True, True)
    with pytest.raises(InstrumentRefused, match="has no domain"):
        services.put_in_use(version, by=cast.staff)
    services.put_domain(version, "one", {"title": "One"}, by=cast.staff)
    services.put_item(version, "one", ITEM, by=cast.staff)
    services.put_in_use(version, by=cast.staff)
    assert selectors.newest_version("own") == version


def test_a_file_is_read_by_its_ending(instrument):
    plan = selectors.plan_of(instrument)
    assert services.read_file("a.yml", definition.text_of(plan).encode()) == small()
    assert services.read_file("a.CSV", definition.csv_of(plan), plan) == small()
    for name, content, words in [
        ("a.csv", b"", "A data dictionary has no rule and no scale"),
        ("a.yaml", b"code: caf\xe9", "Line 1: this is not UTF-8"),
        ("a.yaml", b"code: x\n", "Line 1, domains: is missing"),
    ]:
        with pytest.raises(InstrumentRefused, match=words):
            services.read_file(name, content)
