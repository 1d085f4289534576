"""Fill an empty database with the demonstration, or say who may be signed in as."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from simulation import demo


class Command(BaseCommand):
    help = "Create the demonstration cohort in an empty database; --sign-ins prints one sign-in for every role."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing, quietly, where somebody lives already")
        parser.add_argument("--sign-ins", action="store_true", help="print the sign-ins instead of creating anything")

    def handle(self, **options: bool) -> None:
        if options["sign_ins"]:
            self._print_sign_ins()
        elif demo.is_empty():
            demo.create()
        elif not options["if_empty"]:
            raise CommandError("Somebody lives in this database already, so no demonstration was created.")

    def _print_sign_ins(self) -> None:
        people = demo.sign_ins()
        if not people or not settings.DEMO_PASSWORD:
            return
        self.stdout.write(f"Sign in as (the password of all of them is {settings.DEMO_PASSWORD}):")
        for persona in people:
            self.stdout.write(f"  {persona.email:<28}{persona.can}")
