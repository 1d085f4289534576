"""Whether an application goes to the committee: the staff's verdict, with its reasons. It decides nothing, and mails nobody."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.models import User
from applications import selectors
from applications.models import Application, ApplicationState, Screening, Verdict
from applications.services.refusals import ApplicationRefused
from core import clock
from core.services import record


class ScreeningChanged(ApplicationRefused):
    """Somebody else screened the application since this page was shown."""


@transaction.atomic
def screen(
    application: Application, *, verdict: str, by: User, reasons: Iterable[str] = (), text: str = "", version: int = 0
) -> Screening:
    """Give a verdict on a submitted application, or another one.

    ``reasons`` are codes of the program's eligibility statements that are not met; ``version`` is that of the verdict which
    the person saw, 0 where there was none. The audit row keeps the verdict before and after, and the codes.

    Raises:
        ScreeningChanged: the verdict is no longer the one that was seen.
        ApplicationRefused: it is not submitted, or decided; a verdict other than eligible without a reason; an unknown code.
    """
    row = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if row.state != ApplicationState.SUBMITTED:
        raise ApplicationRefused(
            f"This application is “{row.get_state_display()}”. Only a submitted application is screened."
        )
    given = _checked(application, verdict, reasons, text)
    given |= {"screened_at": clock.now(), "screened_by": by}
    before = Screening.objects.filter(application=application).first()
    if before is None and version == 0:
        return _first(application, given, by)
    changed = Screening.objects.filter(application=application, version=version)
    if before is None or not changed.update(**given, version=version + 1):
        raise ScreeningChanged("Somebody else screened this application a moment ago. Read what they wrote, then save.")
    after = Screening.objects.get(pk=before.pk)
    record(
        "screening.changed",
        after,
        by=by,
        from_state=before.verdict,
        to_state=after.verdict,
        fields=after.reasons,
    )
    return after


def _checked(application: Application, verdict: str, reasons: Iterable[str], text: str) -> dict[str, object]:
    codes, text = list(dict.fromkeys(reasons)), text.strip()
    if verdict not in Verdict.values:
        raise ApplicationRefused("Choose a verdict.")
    known = {statement.code for statement in selectors.statements_of(application.call.cohort)}
    if unknown := [code for code in codes if code not in known]:
        raise ApplicationRefused(f"The program has no eligibility statement “{unknown[0]}”. Reload the page.")
    if verdict == Verdict.ELIGIBLE and codes:
        raise ApplicationRefused("An eligible application meets every statement. Take the reasons out.")
    if verdict != Verdict.ELIGIBLE and not codes and not text:
        raise ApplicationRefused("Say why: choose what is not met, or write it down.")
    return {"verdict": verdict, "reasons": codes, "text": text}


def _first(application: Application, given: dict[str, object], by: User) -> Screening:
    try:
        with transaction.atomic():
            screening = Screening.objects.create(application=application, **given)
    except IntegrityError:  # two at once, where the row lock means nothing
        raise ScreeningChanged(
            "Somebody else screened this application a moment ago. Read what they wrote, then save."
        ) from None
    record("screening.given", screening, by=by, to_state=screening.verdict, fields=screening.reasons)
    return screening
