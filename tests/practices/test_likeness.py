"""How names, addresses and domains are folded, and which names are alike. The pairs below set the threshold."""

import pytest

from practices import likeness
from practices.likeness import folded_address, folded_domain, folded_name, folded_place, is_alike, plain, similarity


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("  \t", ""),
        ("!!!", ""),
        ("Mercy", "mercy"),
        ("MERCY  Health", "mercy health"),
        ("São João’s", "sao joaos"),
        ("St. Mary's", "st marys"),
        ("Straße", "strasse"),
        ("Łódź Ørsted Æther", "lodz orsted aether"),
        ("e\u0301cole", "ecole"),
        ("ＡＢＣ", "abc"),
        ("İstanbul", "istanbul"),
        ("North-East/West", "north east west"),
        ("東京 病院", "東京 病院"),
        ("a\x00b", "a b"),
    ],
)
def test_plain(text, words):
    assert plain(text) == words
    assert plain(plain(text)) == plain(text)


SAME_NAMES = [
    ("The Cancer Center of Springfield, Inc.", "Cancer Center Springfield"),
    ("Mercy Oncology, L.L.C.", "mercy oncology"),
    ("Mercy Oncology LLC", "MERCY  ONCOLOGY"),
    ("Smith & Jones Hematology", "Smith and Jones Haematology"),
    ("Hôpital Général", "Hopital General"),
    ("Saint Mary's Hospital", "St. Marys Hosp."),
    ("Univ. Cancer Ctr", "University Cancer Centre"),
    ("Springfield Oncology Assoc., P.C.", "Springfield Oncology Associates"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_the_same_name_written_in_two_ways(one, other):
    assert folded_name(one) == folded_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("North Cancer Center", "South Cancer Center"),
        ("Clinic 1", "Clinic 2"),
        ("Mercy Oncology", "Mercy Oncology West"),
        ("Mount Hope", "Hope"),
    ],
)
def test_two_names(one, other):
    assert folded_name(one) != folded_name(other)


def test_a_name_of_nothing_but_empty_words_stays():
    assert folded_name("The") == "the"
    assert folded_name("Of the, Inc.") == "of the inc"
    assert folded_name("—") == ""


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("north-oncology.org", "north-oncology.org"),
        ("www.North-Oncology.org", "north-oncology.org"),
        ("https://www.north-oncology.org/about?x=1", "north-oncology.org"),
        ("http://north-oncology.org:8080/", "north-oncology.org"),
        ("pat@North-Oncology.org", "north-oncology.org"),
        (" north-oncology.org. ", "north-oncology.org"),
        ("onco.north.edu", "onco.north.edu"),
        ("gmail.com", ""),
        ("pat@GMAIL.com", ""),
        ("www.yahoo.co.uk", ""),
        ("test.example", ""),
        ("example.org", ""),
        ("localhost", ""),
        ("no domain", ""),
        ("", ""),
        ("http://[", ""),
        ("@", ""),
        ("a b.org", ""),
    ],
)
def test_domain(text, domain):
    assert folded_domain(text) == domain


def test_address():
    assert folded_address("100 North Main Street", "12345-6789", "US") == "US:12345:100 n main st"
    assert folded_address("100 N. Main St.", "12345", "US") == "US:12345:100 n main st"
    assert folded_address("100 N Main St", "123456789", "DE") == "DE:123456789:100 n main st"
    assert folded_address("", "12345", "US") == folded_address("1 Main St", "", "US") == ""
    assert folded_address("1 Main St", "12345", "US") != folded_address("1 Main St", "12345", "CA")


def test_place():
    assert folded_place("San José", "US") == folded_place("san jose ", "US") == "US:san jose"
    assert folded_place("", "US") == folded_place("?", "US") == ""


def test_folds_fit_their_columns():
    """“ﷺ” is one letter that becomes eighteen."""
    long = {"name": "ﷺ" * 200, "street": "ﷺ" * 200, "postal_code": "1" * 20, "city": "ﷺ" * 100, "country": "US"}
    found = likeness.folds(**long, domain=f"{'a' * 116}.org")
    assert {name: len(value) for name, value in found.items()} == {
        "folded_name": 200,
        "folded_address": 220,
        "folded_place": 110,
        "folded_domain": 120,
    }


def test_trigrams_are_those_of_pg_trgm():
    """The example of PostgreSQL's own page on pg_trgm."""
    assert likeness.trigrams("cat") == {"  c", " ca", "cat", "at "}
    assert likeness.trigrams("foo bar") == {"  f", " fo", "foo", "oo ", "  b", " ba", "bar", "ar "}
    assert likeness.trigrams("") == frozenset()
    # select similarity('word', 'two words') is 0.36363637 there.
    assert similarity("word", "two words") == pytest.approx(4 / 11)


def test_similarity_is_a_share():
    assert similarity("", "") == similarity("a", "") == 0
    assert similarity("north clinic", "clinic north") == 1
    for one, other in SAME_NAMES:
        assert 0 <= similarity(plain(one), plain(other)) == similarity(plain(other), plain(one)) <= 1


ALIKE = [
    ("Smith Hematology Oncology", "Smyth Hematology Oncology"),
    ("Regional Cancer Care Associates", "Regional Cancer Care Assocaites"),
    ("Memorial Cancer Institute", "Memorial Cancer Inst"),
    ("Mercy Health Oncology", "Mercy Oncology"),
    ("Valley North Cancer Center", "North Valley Cancer Centre"),
    ("Springfield Breast Clinic", "Breast Clinic"),  # its own city says nothing
]
UNLIKE = [
    ("Springfield Community Hospital", "Springfield General Hospital"),
    ("Memorial Cancer Institute", "Memorial Cancer Clinic"),
    ("University Hospital Cancer Center", "University Medical Center"),
    ("Springfield Cancer Center", "Springfield Oncology"),
    ("Synthetic Oak Oncology 00001", "Synthetic Oak Oncology 00021"),
    ("Mercy Clinic 2", "Mercy Clinic 3"),
]


@pytest.mark.parametrize(
    ("one", "other", "alike"), [(*pair, True) for pair in ALIKE] + [(*pair, False) for pair in UNLIKE]
)
def test_which_names_in_one_city_are_alike(one, other, alike):
    place = folded_place("Springfield", "US")
    pair = folded_name(one), folded_name(other)
    assert (is_alike(*pair, place), is_alike(*reversed(pair), place)) == (alike, alike)


def test_a_name_that_is_its_city_is_compared_as_it_is():
    place = folded_place("Springfield", "US")
    assert likeness.distinctive("springfield", place) == "springfield"
    assert is_alike("springfield", "springfield", place)
    assert not is_alike("", "springfield", place)


def test_of_many_the_same_as_of_every_pair():
    place = folded_place("Springfield", "US")
    names = [folded_name(name) for pair in ALIKE + UNLIKE + SAME_NAMES for name in pair]
    expected = {
        at
        for at, one in enumerate(names)
        for other_at, other in enumerate(names)
        if at != other_at and is_alike(one, other, place)
    }
    assert likeness.with_alike(names, place) == expected
    assert 0 < len(expected) < len(names)
    assert likeness.with_alike([], place) == likeness.with_alike(["one"], place) == set()
