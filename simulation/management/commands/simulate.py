"""Walk a whole program on a virtual clock and print its ledger."""

import sys
from argparse import ArgumentParser
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError

from core.refusals import Refused
from simulation.database import refuse_real_data, throw_away
from simulation.walk import Plan, as_json, as_text, refuse_impossible, walk


class Command(BaseCommand):
    help = "Walk a whole program, first application to last reassessment, and print a ledger of what happened."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("program", help="the code of a program, such as health-equity-2024")
        parser.add_argument("--applications", type=int, default=75, metavar="N")
        parser.add_argument("--teams", type=int, default=14, metavar="K")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same ledger")
        parser.add_argument("--cohort", default="", help="one of the program's cohorts; the first by default")
        parser.add_argument("--json", action="store_true", help="print the ledger as JSON")
        parser.add_argument(
            "--keep", action="store_true", help="write into the configured database, which must hold no real data"
        )

    def handle(self, **options: object) -> None:
        plan = Plan(*(options[name] for name in ("program", "applications", "teams", "seed", "cohort")))
        began = perf_counter()
        try:
            account = self._keep(plan) if options["keep"] else self._throw_away(plan)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(as_json(account) if options["json"] else as_text(account))
        print(f"Walked in {perf_counter() - began:.1f} seconds.", file=sys.stderr)

    def _keep(self, plan: Plan) -> dict[str, object]:
        refuse_real_data()
        return walk(plan)

    def _throw_away(self, plan: Plan) -> dict[str, object]:
        refuse_impossible(plan)
        with throw_away():
            return walk(plan)
