"""How alike two practices are written (pure: no Django). What it finds is shown to staff, who decide.

``folds`` makes the columns that are compared as they stand; ``similarity`` compares names that are not the same.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

# Letters that no decomposition takes apart.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "", "'": "", ".": ""}
)
# Words that say nothing about which practice it is, legal forms among them.
_EMPTY = "a an and at co corp corporation for in inc incorporated limited llc llp ltd of pc pllc the"
EMPTY_WORDS = frozenset(_EMPTY.split())
# The same word as different people write it.
SAME_WORDS = {
    "assoc": "associates",
    "assocs": "associates",
    "associate": "associates",
    "centers": "center",
    "centre": "center",
    "centres": "center",
    "ctr": "center",
    "ft": "fort",
    "hem": "hematology",
    "haematology": "hematology",
    "hosp": "hospital",
    "med": "medical",
    "mt": "mount",
    "onc": "oncology",
    "saint": "st",
    "univ": "university",
}
SAME_IN_STREETS = {
    "avenue": "ave",
    "boulevard": "blvd",
    "drive": "dr",
    "east": "e",
    "highway": "hwy",
    "lane": "ln",
    "north": "n",
    "parkway": "pkwy",
    "place": "pl",
    "road": "rd",
    "south": "s",
    "street": "st",
    "suite": "ste",
    "west": "w",
}
# Where anybody gets an address; and names that RFC 2606 and RFC 6761 reserve. They say nothing about a practice.
_PUBLIC = """
    126.com 163.com aim.com aol.com att.net bellsouth.net charter.net comcast.net cox.net duck.com earthlink.net
    example.com example.net example.org fastmail.com gmail.com gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com
    hotmail.co.uk hushmail.com icloud.com juno.com live.com mac.com mail.com mail.ru me.com msn.com naver.com netzero.net
    optonline.net outlook.com pm.me proton.me protonmail.com qq.com rocketmail.com roadrunner.com sbcglobal.net t-online.de
    tutanota.com verizon.net web.de yahoo.ca yahoo.co.in yahoo.co.uk yahoo.com yandex.com yandex.ru ymail.com zoho.com
"""
PUBLIC_MAIL = frozenset(_PUBLIC.split())
RESERVED = ("example", "invalid", "localhost", "test")
# From which similarity on two names in one city are shown; tests/practices/test_likeness.py has the pairs that set it.
ALIKE = 0.55
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def plain(text: str) -> str:
    """Lower case without marks: letters and digits stay, everything else parts words. “São-João’s” gives “sao joaos”."""
    taken_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(letter for letter in taken_apart if not unicodedata.combining(letter)).translate(LETTERS)
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def folded_name(name: str) -> str:
    """What two ways of writing one name have in common; empty for a name without letters and digits."""
    words = [SAME_WORDS.get(word, word) for word in plain(name.replace("&", " and ")).split()]
    telling = [word for word in words if word not in EMPTY_WORDS]
    return " ".join(telling or words)


def folded_domain(text: str) -> str:
    """The host of an address, a mail address or a bare domain, without “www.”; empty where it tells nothing of a practice."""
    host = text.strip().casefold().rpartition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    host = host.partition(":")[0].rstrip(".").removeprefix("www.")
    if not DOMAIN.fullmatch(host) or host in PUBLIC_MAIL or host.rpartition(".")[2] in RESERVED:
        return ""
    return host


def folded_address(street: str, postal_code: str, country: str) -> str:
    """Street and postal code; empty where either is. Of a US ZIP+4 the first five digits count."""
    road = " ".join(SAME_IN_STREETS.get(word, word) for word in plain(street).split())
    code = plain(postal_code).replace(" ", "")
    if country == "US" and len(code) == 9 and code.isdigit():
        code = code[:5]
    return f"{country}:{code}:{road}" if road and code else ""


def folded_place(city: str, country: str) -> str:
    """City and country; the region is left out, for many leave it empty."""
    place = plain(city)
    return f"{country}:{place}" if place else ""


def folds(*, name: str, street: str, postal_code: str, city: str, country: str, domain: str) -> dict[str, str]:
    """The folded columns of a practice with these facts, each no longer than its column."""
    return {
        "folded_name": folded_name(name)[:200],
        "folded_address": folded_address(street, postal_code, country)[:220],
        "folded_place": folded_place(city, country)[:110],
        "folded_domain": folded_domain(domain)[:120],
    }


def trigrams(text: str) -> frozenset[str]:
    """Every three letters in a row, of each word with two blanks before it and one behind.

    As PostgreSQL's pg_trgm makes them (https://www.postgresql.org/docs/current/pgtrgm.html), so that the threshold can be
    compared with what is known of it, and SQLite finds the same.
    """
    return frozenset(
        padded[at : at + 3] for padded in (f"  {word} " for word in text.split()) for at in range(len(padded) - 2)
    )


def similarity(one: str, other: str) -> float:
    """Trigrams in common by trigrams in either: 0 (nothing) to 1 (the same words in whatever order), as pg_trgm has it."""
    return _share(trigrams(one), trigrams(other))


def _share(ours: frozenset[str], theirs: frozenset[str]) -> float:
    common = len(ours & theirs)
    either = len(ours) + len(theirs) - common
    return common / either if either else 0.0


def distinctive(folded: str, place: str) -> str:
    """A folded name without the words of its city, which say nothing where the city is the same; all of it if none is left."""
    of_city = set(place.partition(":")[2].split())
    return " ".join(word for word in folded.split() if word not in of_city) or folded


def is_alike(one: str, other: str, place: str) -> bool:
    """Whether two folded names of practices in one ``place`` may well be one name. A differing number makes two of them."""
    return bool(with_alike([one, other], place))


def with_alike(names: Sequence[str], place: str) -> set[int]:
    """The positions of those folded names of one ``place`` that have another like them; as ``is_alike`` for every pair."""
    by_numbers: dict[frozenset[str], list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for at, name in enumerate(names):
        telling = distinctive(name, place)
        by_numbers[_numbers(telling)].append((at, trigrams(telling)))
    found: set[int] = set()
    for group in by_numbers.values():
        for (at, ours), (other, theirs) in combinations(group, 2):
            if at in found and other in found:
                continue
            if _share(ours, theirs) >= ALIKE:
                found |= {at, other}
    return found


def _numbers(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split() if any(letter.isdigit() for letter in word))
