"""Walk the chain of the audit trail and say whether all of it fits. Exit status 0 if it does, 1 if not."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from core.sealing import Finding, Head, HeadUnreadable, Tally, noted_head, parse_head, verify

# Of a trail that was made anew every seal is a finding: so many are shown, the others are counted.
SHOWN = 50


class Command(BaseCommand):
    help = "Check every seal and entry of the audit trail, and the heads that were told outside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="NUMBER:MAC",
            help="a head from the log or a mail; the one that VAR_DIR remembers is always checked",
        )
        parser.add_argument("--json", action="store_true", help="one object for a program to read")

    def handle(self, **options: object) -> None:
        heads, tally = self._heads(options["head"]), Tally()
        found = verify(heads, tally=tally)
        shown = [*self._own, *islice(found, SHOWN)]
        more = sum(1 for _ in found)
        self._print_json(shown, more, tally) if options["json"] else self._print(shown, more, tally, heads)
        if shown:
            raise SystemExit(1)

    def _heads(self, given: list[str]) -> list[Head]:
        """What is asked for, and what this machine remembers; a file that cannot be read is a finding of its own."""
        self._own: list[Finding] = []
        try:
            heads = [parse_head(text) for text in given]
        except HeadUnreadable as error:
            raise CommandError(str(error)) from None
        try:
            noted = noted_head()
        except HeadUnreadable:
            words = "The file audit-head in VAR_DIR, which remembers the head, cannot be read."
            self._own.append(Finding("file_unreadable", words))
            noted = None
        return heads if noted is None else [*heads, noted]

    def _print(self, shown: list[Finding], more: int, tally: Tally, heads: list[Head]) -> None:
        for finding in shown:
            self.stdout.write(finding.sentence)
        if more:
            self.stdout.write(f"… and {more} more.")
        if tally.none_fits:
            self.stdout.write(
                "No seal fits: AUDIT_KEY is not the key of this trail, or the trail was made anew with another."
            )
        if tally.late:
            words = "sealed more than an hour after they are dated: the sealer stood still, or they were dated back"
            self.stdout.write(f"Not counted as a fault: {tally.late} entries were {words}.")
        compared = f"{len(heads)} remembered heads compared" if heads else "no remembered head to compare with"
        counts = f"{tally.seals} seals, {tally.waiting} entries without one, head {tally.head or 'none'}; {compared}."
        self.stdout.write(f"The audit trail does NOT fit. {counts}" if shown else f"The audit trail is whole. {counts}")

    def _print_json(self, shown: list[Finding], more: int, tally: Tally) -> None:
        answer = {
            "ok": not shown,
            "seals": tally.seals,
            "fitting": tally.fitting,
            "waiting": tally.waiting,
            "late": tally.late,
            "head": str(tally.head) if tally.head else None,
            "findings": [asdict(finding) for finding in shown],
            "more": more,
        }
        self.stdout.write(json.dumps(answer))
