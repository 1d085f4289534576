"""``manage.py anonymise EMAIL --reason … [--yes]``: show what removing a person would do, or do it."""

from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.selectors import person_of
from core.refusals import Refused
from privacy import selectors, services


class Command(BaseCommand):
    help = "Make somebody a “Removed person” for good; figures stay. Without --yes it only says what would happen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="an address of the person")
        parser.add_argument("--reason", required=True, help="kept for good, so name nobody")
        parser.add_argument("--yes", action="store_true", help="do it; it cannot be undone")

    def handle(self, *args: object, email: str, reason: str, yes: bool, **options: object) -> None:
        person = person_of(email.strip())
        if person is None:
            raise CommandError(f"Nobody signs in with {email}. Check the address; the admin lists all people.")
        if refusal := services.obstacle(person, by=None):
            raise CommandError(refusal)
        for name, count in asdict(selectors.footprint(person)).items():
            self.stdout.write(f"{name.replace('_', ' ')}: {count}")
        if not yes:
            self.stdout.write("Nothing was changed; say --yes to remove the person for good.")
            return
        try:
            services.anonymise(person, by=None, reason=reason)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write("The person was removed.")
