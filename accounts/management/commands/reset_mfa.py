from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import selectors, services
from core.refusals import Refused


class Command(BaseCommand):
    help = "Remove a person's factors and password, end their sessions, and print a one-time link to start again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the person signs in with")

    def handle(self, *args: object, email: str, **options: object) -> None:
        user = selectors.person_of(email.strip())
        if user is None:
            raise CommandError(f"Nobody signs in with {email}. Check the address; the admin lists all people.")
        try:
            link = services.reset_mfa(user)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"The factors and the password of {user.name} <{user.email}> are gone, and their sessions have ended.\n"
            f"Make sure who asked, then give them this link: it works once, for three days.\n{link}"
        )
