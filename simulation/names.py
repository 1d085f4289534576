"""Plainly synthetic people and practices (pure): nobody can take one for a real person or a real hospital.

Every address ends in ``synthetic.example``, a name that can never receive mail, and every practice says what it is.
"""

from dataclasses import dataclass
from random import Random

FIRST = (
    "Avery",
    "Blair",
    "Casey",
    "Devon",
    "Emery",
    "Finley",
    "Gray",
    "Harper",
    "Indigo",
    "Jules",
    "Kendall",
    "Logan",
    "Marlow",
    "Noel",
    "Oakley",
    "Parker",
    "Quinn",
    "Reese",
    "Sage",
    "Tatum",
    "Umber",
    "Vesper",
    "Winter",
    "Yael",
)
LAST = ("Sample", "Example", "Specimen", "Placeholder", "Mockup", "Testcase", "Dummy", "Standin")
TREES = (
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elm",
    "Fir",
    "Ginkgo",
    "Hazel",
    "Ironwood",
    "Juniper",
    "Larch",
    "Maple",
    "Oak",
    "Pine",
    "Rowan",
    "Spruce",
    "Tamarack",
    "Walnut",
    "Willow",
    "Yew",
)
PLACES = (
    ("Sampleton", "OH"),
    ("Exampleville", "GA"),
    ("Mockford", "TX"),
    ("Placeholder Springs", "CO"),
    ("Testburg", "PA"),
    ("Specimen Falls", "MN"),
    ("Dummyport", "ME"),
    ("Standin City", "NV"),
    ("Trialton", "CA"),
    ("Draftwood", "WA"),
)
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Pacific/Honolulu")
SETTINGS = ("academic", "community", "hospital", "safety_net")
RURALITY = ("rural", "suburban", "urban")


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    time_zone: str


@dataclass(frozen=True)
class PracticeFacts:
    """Keyword arguments of ``practices.services.create_practice``."""

    name: str
    city: str
    region: str
    setting: str
    rurality: str
    oncologists: int
    underserved_percent: int


def person(number: int, tag: str, rng: Random) -> Person:
    """Person ``number`` with a part to play (``leader``, ``core1``): the address is unique for (number, tag)."""
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    return Person(name, f"{tag}.{number:05d}@synthetic.example", rng.choice(ZONES))


def practice(number: int, rng: Random) -> PracticeFacts:
    city, region = rng.choice(PLACES)
    return PracticeFacts(
        name=f"Synthetic {TREES[number % len(TREES)]} Oncology {number:05d}",
        city=city,
        region=region,
        setting=rng.choice(SETTINGS),
        rurality=rng.choice(RURALITY),
        oncologists=rng.randint(2, 60),
        underserved_percent=rng.randint(5, 80),
    )
