"""Making the simulation's people through the services: synthetic, verified, and without usable passwords."""

from random import Random

from accounts.models import Membership, Profession, Role, User
from accounts.services import create_person
from simulation.names import person

CORE_PROFESSIONS = (
    Profession.NURSE,
    Profession.ADVANCED_PRACTICE,
    Profession.PHARMACIST,
    Profession.QUALITY,
    Profession.ADMINISTRATION,
)


class People:
    """Draws people from one random stream. ``personas`` gives some parts to people with a name and a password."""

    def __init__(self, rng: Random, *, prefix: str = "", personas: dict[str, dict] | None = None) -> None:
        self._rng = rng
        self._prefix = prefix
        self._personas = personas or {}

    def create(self, number: int, tag: str, **fields: object) -> User:
        who = person(number, self._prefix + tag, self._rng)
        values = {"email": who.email, "name": who.name, "time_zone": who.time_zone, "is_synthetic": True}
        return create_person(**values | fields | self._personas.get(f"{tag}.{number}", {}))

    def leader(self, number: int) -> User:
        membership = Membership.FELLOW if self._rng.random() < 0.1 else Membership.MEMBER
        return self.create(
            number,
            "leader",
            profession=Profession.PHYSICIAN,
            asco_membership=membership,
            asco_member_number=f"SYN{number:06d}",
        )

    def colleague(self, number: int, place: int) -> User:
        return self.create(number, f"core{place}", profession=self._rng.choice(CORE_PROFESSIONS))

    def staff(self) -> User:
        return self.create(0, "staff", role=Role.STAFF)

    def coach(self, number: int) -> User:
        return self.create(number, "coach", role=Role.COACH)
