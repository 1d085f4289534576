"""Every address x method x whose object x role is as dashboards/catalog/access.txt says; an address that is not there fails.

The people and objects are those of tests/access/objects.py. Each answer's headers and markup are looked at on the way, and
no page may hold a word of a team that is nothing to who asks.
"""

import pytest

from dashboards.selectors.access import METHODS as LISTED
from dashboards.selectors.access import OF_EACH, OF_NOTHING, SETS, Unreadable, parse, table
from tests.access.asking import PERSON
from tests.access.matrix import FEW, GROUPS, METHODS, addresses, ours, refused_methods, rows, wrong

# Without the mark, pytest-django makes no database for a run of this module alone.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_every_address_has_a_name():
    assert [path for name, path in ours() if not name or name.endswith(":")] == []


def test_no_two_addresses_share_a_name():
    names = [name for name, _ in ours()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_address_is_in_the_table_and_nothing_else_is():
    listed = {row.name for row in rows()}
    expected = {name for name, _ in ours()} | set(GROUPS.values())
    missing, unknown = sorted(expected - listed), sorted(listed - expected)
    assert not missing, "not in dashboards/catalog/access.txt:\n" + "\n".join(missing)
    assert not unknown, "in dashboards/catalog/access.txt and no address of the product:\n" + "\n".join(unknown)


def test_every_address_has_its_words():
    for room in table().rooms:
        assert {row.name for row in room.rows} == set(room.titles)
        assert all(room.titles.values())


def test_no_row_stands_twice():
    keys = [(row.name, row.method, of) for row in rows() for of in row.sets]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_the_table_speaks_of_everybody():
    assert list(table().roles) == list(PERSON)


def test_every_address_with_arguments_has_objects_and_a_line_for_each(asking):
    """One's own and somebody else's; what only a running cohort has is missing for who applies."""
    sets = asking.world.sets
    for name in (name for name, path in ours() if "<" in path):
        made = {of for of in SETS if name in sets[of]}
        assert {"team", "other"} <= made, f"tests/access/objects.py makes no {name}"
        for method in {row.method for row in rows() if row.name == name}:
            told = {of for row in rows() if (row.name, row.method) == (name, method) for of in row.sets}
            assert told == made, f"{method} {name} has lines of {told} and objects of {made}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.method} {row.name} {row.of}")
def test_access(row, asking):
    assert [str(one) for one in wrong(asking, row)] == []


@pytest.mark.parametrize("name", sorted({row.name for row in rows()} - set(GROUPS.values())))
def test_a_method_without_a_line_is_refused(name, asking):
    assert list(refused_methods(asking, name)) == []


def test_how_many_cells(capsys):
    cells = sum(len(row.sets) * len(row.cells) for row in rows())
    heads = sum(len(row.sets) * len(FEW) for row in rows() if row.method == "GET")
    mine = {row.name for row in rows()} - set(GROUPS.values())
    refused = sum(len(METHODS) - len({r.method for r in rows() if r.name == name}) for name in mine) * len(FEW)
    with capsys.disabled():
        print(
            f"\naccess matrix: {cells} cells ({len(mine)} addresses, {len(rows())} lines, {len(PERSON)} roles), "
            f"{heads} more by HEAD, {refused} by methods that are refused"
        )
    assert cells >= 2000


BROKEN = {
    "a cell too few": "x GET - 200",
    "a status that is none": "x GET - 200 yes",
    "a method without meaning": "x PUT - 200 200",
    "nobody's object": "x GET mine 200 200",
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_line_that_says_nothing_is_refused(line):
    head = "role a One\nrole b Two\nroom Rooms\ntitle x Word\n"
    with pytest.raises(Unreadable, match="Line 5"):
        parse(head + line)
    assert parse(f"{head}x GET {OF_EACH} 200 sign").rows[0].sets == SETS
    assert parse(f"{head}x {LISTED[1]} {OF_NOTHING} 200 sign").rows[0].sets == ("",)


def test_the_product_has_more_addresses_than_the_table_has_groups():
    """The walk over the URL table goes into every room."""
    assert len(list(addresses())) > 200
