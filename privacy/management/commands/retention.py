"""``manage.py retention [--rule CODE] [--apply] [--json]``: show what is due for removal, or remove it."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from privacy import services
from privacy.selectors import RULES, Act, Rule, rule_of


class Command(BaseCommand):
    help = "Show what is kept, for how long, why, and how much is due today; with --apply, act on what is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="act; without it nothing is changed")
        parser.add_argument("--rule", metavar="CODE", help="this rule alone")
        parser.add_argument("--json", action="store_true", help="for a machine")

    def handle(self, *args: object, **options: object) -> None:
        rules = self._rules(options["rule"])
        if options["apply"]:
            reports = [services.Report(rule, services.apply_rule(rule, by=None)) for rule in rules if rule.find]
        else:
            reports = services.dry_run(rules)
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(report) for report in reports], indent=1))
            return
        for report in reports:
            self._say(report, is_done=options["apply"])
        if not options["apply"]:
            self.stdout.write("Nothing was changed; say --apply to act on what is due.")

    def _rules(self, code: str | None) -> tuple[Rule, ...]:
        if code is None:
            return RULES
        rule = rule_of(code)
        if rule is None:
            raise CommandError(f"There is no rule “{code}”. There are: {', '.join(rule.code for rule in RULES)}.")
        if rule.act is Act.KEEP:
            raise CommandError(f"“{code}” is kept ({rule.length.lower()}); there is nothing to act on.")
        return (rule,)

    def _say(self, report: services.Report, *, is_done: bool) -> None:
        rule = report.rule
        count = "kept" if report.count is None else f"{report.count} {'' if is_done else 'to be '}{rule.act}"
        self.stdout.write(f"{rule.code}: {count}\n  {rule.what}\n  {rule.length}. {rule.why}")


def _as_json(report: services.Report) -> dict[str, object]:
    rule = report.rule
    return {
        "rule": rule.code,
        "what": rule.what,
        "length": rule.length,
        "why": rule.why,
        "act": rule.act.name.lower(),
        "rows": report.count,
    }
