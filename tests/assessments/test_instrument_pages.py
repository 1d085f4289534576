"""Staff write instruments in the admin, without a script and without code."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments import definition, selectors, services
from assessments.models import Instrument, InstrumentVersion
from core.models import AuditEntry
from tests.assessments.conftest import SMALL, parsed, small


def url(name: str, version: InstrumentVersion, *args: object) -> str:
    return reverse(f"admin:assessments_instrumentversion_{name}", args=[version.pk, *args])


def plan(version):
    return selectors.plan_of(InstrumentVersion.objects.get(pk=version.pk))


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("&quot;", '"')


def chosen(text: str | bytes, name: str = "small.yaml") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())}


@pytest.fixture
def draft(cast, assessment):
    return services.write_next(assessment.version, by=cast.staff)


GETS = [
    ("content",),
    ("settings",),
    ("domain_add",),
    ("domain_change", "one"),
    ("domain_remove", "one"),
    ("item_add",),
    ("item_change", "a"),
    ("item_remove", "a"),
    ("copy", "yaml"),
    ("copy", "csv"),
    ("upload",),
    ("use",),
    ("drop",),
    ("next",),
    ("compare",),
    ("preview",),
    ("preview_domain", "one"),
    ("statistics",),
]


@pytest.mark.parametrize("address", GETS, ids=lambda address: "-".join(address))
def test_staff_see_every_page_and_nobody_else_does_and_looking_changes_nothing(client, staff, draft, cast, address):
    name, *args = address
    before = plan(draft)
    assert staff.get(url(name, draft, *args)).status_code == 200
    assert (plan(draft), InstrumentVersion.objects.count()) == (before, 2)
    for user in (cast.leader, cast.coach, cast.leadership):
        client.force_login(user)
        assert client.get(url(name, draft, *args)).status_code == 302  # the admin sends them to sign in


@pytest.mark.parametrize("page", ["new", "take", "rules", "changelist"])
def test_the_pages_of_all_instruments(client, staff, instrument, cast, page):
    address = reverse(f"admin:assessments_instrument_{page}")
    assert staff.get(address).status_code == 200
    client.force_login(cast.leader)
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "name", ["domain_change", "item_change", "domain_remove", "item_remove", "preview_domain", "copy"]
)
def test_what_is_not_there_is_not_found(staff, draft, name):
    assert staff.get(url(name, draft, "nothing")).status_code == 404


def test_a_frozen_version_is_read_only_and_followed_by_the_next(staff, assessment):
    frozen = assessment.version
    page = staff.get(url("content", frozen))
    assert "Assessments use this version, so it stays as it is" in words(page)
    assert "Change the settings" not in words(page)
    assert "/items/a/change/" not in page.content.decode()
    refused = staff.post(url("settings", frozen), settings_of(frozen) | {"display_max": 5})
    assert "Write the next version" in words(refused)
    made = staff.post(url("next", frozen))
    draft = InstrumentVersion.objects.get(number=2)
    assert made.url == url("content", draft)
    assert "no round begins with it yet" in words(staff.get(made.url))


def settings_of(version) -> dict[str, object]:
    values = plan(version).model_dump(exclude={"code", "domains"})
    return {name: "on" if value is True else value for name, value in values.items() if value is not False}


def test_settings_are_changed_and_bad_ones_keep_what_was_typed(staff, draft):
    values = settings_of(draft) | {"rule": "weighted_mean", "no_data_as": "lowest", "minimum_answered_percent": 75}
    assert staff.post(url("settings", draft), values).status_code == 302
    assert (plan(draft).rule, plan(draft).no_data_as, plan(draft).minimum_answered_percent) == (
        "weighted_mean",
        "lowest",
        75,
    )
    page = staff.post(url("settings", draft), values | {"display_max": 0, "source": "Typed and kept"})
    assert page.status_code == 200
    assert "Typed and kept" in page.content.decode()
    assert staff.post(url("settings", draft), values | {"rule": "median"}).status_code == 200
    assert plan(draft).display_max == 100


def item(**changed: object) -> dict[str, object]:
    values = {
        "domain": "two",
        "text": "Patients are asked.",
        "weight": "2.5",
        "allows_no_data": "on",
        "level_order_1": 2,
        "level_title_1": "Yes",
        "level_anchor_1": "All are asked.",
        "level_order_2": 1,
        "level_title_2": "No",
        "level_anchor_2": "Nobody is asked.",
        "link_framework_1": "A framework",
        "link_looked_up_1": "2026-11-22",
    }
    return values | changed


def test_an_item_is_added_changed_moved_and_removed(staff, draft):
    assert staff.post(url("item_add", draft), item()).url == f"{url('content', draft)}#patients-are-asked"
    added = plan(draft).domains[1].items[-1]
    assert (added.code, float(added.weight), added.allows_not_applicable, added.is_gate) == (
        "patients-are-asked",
        2.5,
        False,
        False,
    )
    assert [(level.code, level.anchor) for level in added.levels] == [
        ("no", "Nobody is asked."),
        ("yes", "All are asked."),
    ]
    assert [(link.framework, str(link.looked_up)) for link in added.links] == [("A framework", "2026-11-22")]
    changed = {"level_code_1": "yes", "level_code_2": "no", "level_title_1": "Always", "text": "Everybody is asked."}
    staff.post(url("item_change", draft, "patients-are-asked"), item(**changed))
    again = plan(draft).domains[1].items[-1]
    assert (again.code, again.text) == ("patients-are-asked", "Everybody is asked.")
    assert [(level.code, level.title) for level in again.levels] == [("no", "No"), ("yes", "Always")]
    staff.post(url("item_move", draft, "patients-are-asked"), {"to": "up"})
    assert [one.code for one in plan(draft).domains[1].items] == ["patients-are-asked", "c"]
    staff.post(url("item_remove", draft, "patients-are-asked"))
    assert plan(draft).model_dump() == small().model_dump()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"text": ""}, "Fill in this field"),
        ({"weight": "0"}, "A weight is above 0"),
        ({"weight": "-1"}, "greater than or equal to 0"),
        ({"weight": "1.2345"}, "no more than 3 decimal places"),
        ({"weight": "NaN"}, "Enter a number"),
        ({"domain": "gone"}, "Select a valid choice"),
        ({"code": "Not a code"}, "Use lower-case letters, digits and single hyphens"),
        ({"code": "a"}, "Item code “a” is there twice"),
        ({"level_anchor_2": "", "level_title_2": ""}, "give at least two levels"),
        ({"level_anchor_2": ""}, "Write what this level looks like, or empty its short name too"),
        ({"level_code_1": "x", "level_code_2": "x"}, "level code “x” is there twice"),
        ({"level_code_1": "NO!"}, "“NO!” is not a code"),
        ({"link_framework_1": "", "link_reference_1": "3"}, "Name the framework, or empty the row"),
        ({"link_looked_up_1": ""}, "Say on which day somebody looked it up"),
        ({"link_looked_up_1": "May"}, "Enter a valid date"),
        ({"link_url_1": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"text": "a\x00b"}, "Null characters are not allowed"),
    ],
)
def test_a_bad_item_is_told_and_loses_nothing(staff, draft, changed, sentence):
    before = plan(draft)
    page = staff.post(url("item_add", draft), item(guidance="Typed and kept", **changed))
    assert page.status_code == 200
    assert sentence in words(page)
    assert "Typed and kept" in page.content.decode()
    assert plan(draft) == before


def test_an_item_of_a_frozen_version_cannot_leave_its_domain(staff, draft):
    values = item(text="Item A.", level_code_1="yes", level_code_2="no")
    assert "Item a stands in domain two, and in an earlier version in one" in words(
        staff.post(url("item_change", draft, "a"), values)
    )


def test_domains_are_added_changed_moved_and_removed(staff, draft):
    staff.post(url("domain_add", draft), {"title": "Third one", "weight": "1"})
    staff.post(
        url("domain_change", draft, "third-one"), {"title": "Three", "weight": "2", "minimum_answered_percent": 80}
    )
    staff.post(url("domain_move", draft, "third-one"), {"to": "up"})
    found = plan(draft).domains[1]
    assert (found.code, found.title, found.weight, found.minimum_answered_percent) == ("third-one", "Three", 2, 80)
    page = staff.post(url("domain_add", draft), {"title": "T", "code": "one", "weight": "1"})
    assert "Domain code “one” is there twice" in words(page)
    assert "add an item, or remove the domain" in words(staff.get(url("use", draft)))
    staff.post(url("domain_remove", draft, "third-one"))
    assert [one.code for one in plan(draft).domains] == ["one", "two"]


def test_putting_in_use_says_first_what_changes(staff, draft):
    staff.post(url("item_add", draft), item())
    version = InstrumentVersion.objects.get(pk=draft.pk)
    page = staff.get(url("use", draft))
    assert "1 change since version 1" in words(page)
    assert "Item “Patients are asked.” is new, in “Domain two”." in words(page)
    assert staff.post(url("use", draft), {"seen": "other"}).status_code == 200
    assert InstrumentVersion.objects.get(pk=draft.pk).is_in_writing
    assert staff.post(url("use", draft), {"seen": version.content_sha256}).status_code == 302
    assert selectors.newest_version("equity-illustrative") == draft
    assert staff.get(url("use", draft)).status_code == 302


def test_a_draft_is_given_up(staff, draft, assessment):
    assert staff.post(url("drop", draft)).url == reverse(
        "admin:assessments_instrument_change", args=[draft.instrument_id]
    )
    assert list(InstrumentVersion.objects.all()) == [assessment.version]
    assert staff.post(url("drop", assessment.version)).url == url("content", assessment.version)


@pytest.mark.parametrize("kind", ["yaml", "csv"])
def test_a_copy_taken_and_given_back_changes_nothing(staff, draft, kind):
    copy = staff.get(url("copy", draft, kind))
    assert copy["Content-Disposition"] == f'attachment; filename="equity-illustrative-2.{kind}"'
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.object_id, entry.fields) == ("instrumentversion.exported", draft.pk, ["instrument", kind])
    page = staff.post(url("upload", draft), chosen(copy.content, f"x.{kind}"))
    assert "The file says what this version says already" in words(page)


def test_a_file_shows_its_changes_before_it_is_taken(staff, draft):
    text = SMALL.replace("Item C.", "Item C reworded.").replace("weight: 3", "weight: 2")
    file = definition.text_of(parsed(text))
    page = staff.post(url("upload", draft), chosen(file))
    assert "The file would make 2 changes" in words(page)
    assert "Item “Item C.” now reads “Item C reworded.”." in words(page)
    assert plan(draft).model_dump() == small().model_dump()
    assert staff.post(url("upload", draft), {"text": page.context["text"]}).status_code == 302
    assert plan(draft).model_dump() == parsed(text).model_dump()


BAD_FILES = [
    ("a.yaml", "", "The submitted file is empty"),
    ("a.txt", "x", "Choose a file that ends in .yaml, .yml or .csv"),
    ("a.yaml", "x" * 1_000_001, "larger than 1 MB, so it is no instrument"),
    ("a.yaml", b"\xff\xfe", "this is not UTF-8"),
    ("a.yaml", "code: [", "Line 1: while parsing a flow"),
    ("a.yaml", "a: &a [*a]", "aliases (*name) are not used here"),
    ("a.yaml", "[" * 50, "is nested too deeply"),
    ("a.yaml", "code: other\ntitle: O\n", "Line 1, domains: is missing"),
    ("a.csv", "x,y\n1,2\n", "The first line has to name the columns"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), BAD_FILES, ids=[sentence for _n, _c, sentence in BAD_FILES])
def test_a_bad_file_is_told_with_its_line(staff, draft, name, content, sentence):
    for address in (url("upload", draft), reverse("admin:assessments_instrument_take")):
        if name.endswith(".csv") and address.endswith("take/"):
            continue
        page = staff.post(address, chosen(content, name))
        assert page.status_code == 200
        assert sentence in words(page)
    assert plan(draft).model_dump() == small().model_dump()


def test_a_file_that_moves_an_item_or_is_of_another_instrument_is_refused(staff, draft):
    line = "      - {code: b, text: Item B., allows_not_applicable: false, levels: *three}\n"
    moved = definition.text_of(parsed(SMALL.replace(line, "") + line))
    assert "Item b stands in domain two, and in an earlier version in one" in words(
        staff.post(url("upload", draft), chosen(moved))
    )
    other = definition.text_of(definition.shipped("readiness"))
    assert "The file is of “readiness”" in words(staff.post(url("upload", draft), chosen(other)))
    assert staff.post(url("upload", draft), {"text": "code: x"}).status_code == 302
    assert plan(draft).model_dump() == small().model_dump()


def test_an_instrument_is_taken_from_a_file(staff, instrument):
    address = reverse("admin:assessments_instrument_take")
    page = staff.post(address, chosen(definition.text_of(definition.shipped("readiness"))))
    assert "A new instrument" in words(page)
    assert not Instrument.objects.filter(code="readiness").exists()
    assert staff.post(address, {"text": page.context["text"]}).status_code == 302
    version = InstrumentVersion.objects.get(instrument__code="readiness")
    assert version.is_in_writing
    assert plan(version).model_dump() == definition.shipped("readiness").model_dump()
    same = staff.post(address, chosen(definition.text_of(small())))
    assert "says already" in words(same)


def test_a_new_instrument_is_begun(staff, instrument):
    address = reverse("admin:assessments_instrument_new")
    assert staff.post(address, {"title": "Our own", "is_illustrative": "on"}).status_code == 302
    assert InstrumentVersion.objects.get(instrument__code="our-own").is_in_writing
    page = staff.post(address, {"title": "Again", "code": "our-own"})
    assert "There is an instrument “our-own” already" in words(page)
    assert staff.post(address, {"title": ""}).status_code == 200


def test_versions_beside_each_other(staff, draft):
    staff.post(url("item_add", draft), item())
    staff.post(url("item_remove", draft, "b"))
    page = words(staff.get(url("compare", draft)))
    assert "2 of 4 items can be compared between version 1 and version 2" in page
    assert "New (1)" in page
    assert "Gone (1)" in page
    assert staff.get(url("compare", draft) + "?with=x").status_code == 200


def test_the_preview_says_that_it_is_an_illustration(staff, draft):
    for page in (staff.get(url("preview", draft)), staff.get(url("preview_domain", draft, "one"))):
        assert "Illustrative instrument" in words(page)
        assert "Nothing that you choose here is kept" in words(page)


def test_the_rules_page_has_every_example(staff, instrument):
    page = words(staff.get(reverse("admin:assessments_instrument_rules")))
    assert page.count("Score, of 100") == 8
    assert "83 (5/6)" in page


def test_the_content_costs_the_same_whatever_its_size(staff, cast, draft, django_assert_max_num_queries):
    def queries() -> int:
        with django_assert_max_num_queries(30) as caught:
            staff.get(url("content", draft))
        return len(caught)

    staff.get(url("content", draft))  # the session's first page
    few = queries()
    for number in range(3):
        services.put_domain(draft, f"more-{number}", {"title": "More"}, by=cast.staff)
        services.put_item(
            draft, f"more-{number}", plan(draft).items[0].model_dump() | {"code": f"x{number}"}, by=cast.staff
        )
    assert queries() == few
