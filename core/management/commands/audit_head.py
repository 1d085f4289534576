"""Print the head of the audit trail's chain, to be kept where the database is not."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from core.sealing import accept_head, head


class Command(BaseCommand):
    help = "Print the head of the audit trail's chain, as verify_audit --head takes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accept",
            action="store_true",
            help="remember the present head in VAR_DIR whatever stood there: after a restored backup, or a finding cleared up",
        )

    def handle(self, **options: object) -> None:
        last = accept_head() if options["accept"] else head()
        self.stdout.write(str(last) if last else "Nothing is sealed yet.")
