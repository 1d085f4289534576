from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import services
from core.refusals import Refused


class Command(BaseCommand):
    help = "Make a verified staff account and print the one-time link with which its owner sets a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="the address to sign in with")
        parser.add_argument("--name", required=True, help="the person's full name")

    def handle(self, *args: object, email: str, name: str, **options: object) -> None:
        try:
            user, link = services.create_staff(email=email, name=name)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"{user.name} <{user.email}> is staff now. Give them this link: it works once, for three days, and leads to\n"
            f"a password and a second factor.\n{link}"
        )
