"""Writing to the people of a cohort: whom a choice means, what each would get, and sending it once."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.db.models.functions import Lower

from accounts.models import User
from core.refusals import Refused
from core.services import record
from notifications.models import Kind, Message, Refusal, Wording
from notifications.services import Draft, Rendered, enqueue_all, render, wordings
from practices.models import CORE_ROLES, Member, MemberRole, Sponsor
from programs.models import Cohort, Enrollment, Supporter, SupporterRole
from programs.services.effects import ListChanged, Reader, fingerprint

INACTIVE = "The account is not active."
BOUNCES = "Mail to this address comes back. Ask for another address."
INBOX_ONLY = "Has turned this kind of mail off: it stands in the inbox here and is not mailed."


class Group(TextChoices):
    LEADERS = "leaders", "Team leaders"
    CORE = "core", "Core teams, the leaders among them"
    MEMBERS = "members", "All members"
    COACHES = "coaches", "Coaches"
    SPONSORS = "sponsors", "Sponsors"


@dataclass(frozen=True)
class Choice:
    """Who is meant: groups of people of the teams in these states, or of ``teams`` alone (enrollments' keys)."""

    groups: tuple[str, ...]
    states: tuple[str, ...] = ()
    teams: tuple[int, ...] = ()


@dataclass(frozen=True)
class Words:
    """Subject and body in plain text, with the placeholders for news."""

    subject: str
    body: str

    def check(self) -> None:
        """Raises Refused: a placeholder is not known, or there is nothing to send."""
        wordings.check_subject(self.subject, Kind.NEWS)
        wordings.check_body(self.body, Kind.NEWS)


@dataclass(frozen=True)
class Addressee(Reader):
    """A reader with what the mail needs. ``user`` is None for a sponsor without an account. ``note``: why no mail goes."""

    user: User | None = None
    enrollment: str = ""  # the public id, where the person may open the team's page and has one team
    note: str = ""


@dataclass(frozen=True)
class Mailing:
    """Who gets a mail, who finds it in the inbox only, and who is left out; the notes say why."""

    mailed: tuple[Addressee, ...]
    inbox_only: tuple[Addressee, ...]
    left_out: tuple[Addressee, ...]

    @property
    def written(self) -> tuple[Addressee, ...]:
        return self.mailed + self.inbox_only

    def seen(self, words: Words) -> str:
        """What a person who looked at it has seen, in one word."""
        inbox = " ".join(sorted(one.key for one in self.inbox_only))
        return fingerprint(self.written, words.subject, words.body, inbox)


def mailing_of(cohort: Cohort, choice: Choice) -> Mailing:
    """Whom ``choice`` means, each once, by team and name. Six queries at most, however many teams there are."""
    enrollments = Enrollment.objects.filter(cohort=cohort).select_related("team")
    if choice.teams:
        enrollments = enrollments.filter(pk__in=choice.teams)
    else:
        enrollments = enrollments.filter(state__in=choice.states)
    found = [one for group in choice.groups for one in _people(enrollments, group)]
    people = [_joined(list(same)) for _, same in groupby(sorted(found, key=_order), key=lambda one: one.key)]
    people.sort(key=lambda one: (one.team, one.name, one.key))
    refused = Refusal.objects.filter(kind=Kind.NEWS, user__in=[one.user for one in people if one.user])
    return _sorted_out(people, set(refused.values_list("user_id", flat=True)))


def preview_of(cohort: Cohort, words: Words, one: Addressee) -> Rendered:
    """The mail that ``one`` would get. Writes nothing."""
    draft = _draft(cohort, words, one, uuid.UUID(int=0))
    return render(
        Message(
            kind=draft.kind,
            template=draft.template,
            context=draft.context,
            subject=draft.subject,
            recipient=draft.to,
            address=one.address,
        )
    )


@transaction.atomic
def write_to(cohort: Cohort, choice: Choice, words: Words, *, submission: uuid.UUID, seen: str, by: User) -> int:
    """Write to everybody whom ``choice`` means, in one act; returns to how many, 0 if this submission was sent before.

    ``seen`` is ``Mailing.seen`` of what was shown.

    Raises:
        ListChanged: who would get it, or the words, are not what was shown.
        Refused: nobody is meant, or a placeholder is not known.
    """
    Cohort.objects.select_for_update().get(pk=cohort.pk)  # of two presses at once the second sees what the first did
    if Message.objects.filter(dedupe_key__startswith=f"news:{submission}:").exists():
        return 0
    words.check()
    mailing = mailing_of(cohort, choice)
    if mailing.seen(words) != seen:
        raise ListChanged("The list has changed since you looked at it. Look at it again; nothing was sent.")
    if not mailing.written:
        raise Refused("Nobody would get this. Choose other people or teams.")
    count = enqueue_all(_draft(cohort, words, one, submission) for one in mailing.written)
    record("cohort.written_to", cohort, by=by, fields=[f"{count} mails", *choice.groups])
    return count


def _people(enrollments: QuerySet[Enrollment], group: str) -> Iterator[Addressee]:
    if group == Group.SPONSORS:
        yield from _sponsors(enrollments)
        return
    by_team = {row.team_id: row for row in enrollments}
    if group == Group.COACHES:
        rows = Supporter.objects.filter(enrollment__in=by_team.values(), role=SupporterRole.COACH, until_on=None)
        pairs = [(row.user, row.enrollment.team_id) for row in rows.select_related("user", "enrollment")]
    else:
        roles = {Group.LEADERS: (MemberRole.LEADER,), Group.CORE: CORE_ROLES, Group.MEMBERS: tuple(MemberRole)}[group]
        members = Member.objects.current().filter(team__in=by_team, role__in=roles).select_related("user")
        pairs = [(row.user, row.team_id) for row in members]
    for user, team in pairs:
        yield _of_user(user, by_team[team])


def _of_user(user: User, enrollment: Enrollment, *, may_open: bool = True) -> Addressee:
    page = str(enrollment.public_id) if may_open else ""
    return Addressee(str(user.pk), user.name, user.email, enrollment.team.name, user, page)


def _sponsors(enrollments: QuerySet[Enrollment]) -> Iterator[Addressee]:
    """A sponsor needs no account. One who has an account under the same address is that person."""
    by_team = {row.team_id: row for row in enrollments}
    rows = list(Sponsor.objects.filter(team__in=by_team, until_on=None))
    users = User.objects.annotate(lower=Lower("email")).filter(lower__in={row.email.lower() for row in rows})
    accounts = {user.lower: user for user in users}
    for row in rows:
        enrollment, user = by_team[row.team_id], accounts.get(row.email.lower())
        if user:
            yield _of_user(user, enrollment, may_open=False)
        else:
            yield Addressee(f"sponsor-{row.email.lower()}", row.name, row.email, enrollment.team.name)


def _order(one: Addressee) -> tuple[str, str]:
    return one.key, one.team


def _joined(same: list[Addressee]) -> Addressee:
    """One person in several teams, or in several groups, gets one mail."""
    teams = list(dict.fromkeys(one.team for one in same))
    pages = {one.enrollment for one in same if one.enrollment}
    return replace(same[0], team=", ".join(teams), enrollment=pages.pop() if len(pages) == 1 else "")


def _sorted_out(people: Iterable[Addressee], refused: set[int]) -> Mailing:
    mailed, inbox_only, left_out = [], [], []
    for one in people:
        if one.user and not one.user.is_active:
            left_out.append(replace(one, note=INACTIVE))
        elif one.user and one.user.mail_failed_at:
            left_out.append(replace(one, note=BOUNCES))
        elif one.user and one.user.pk in refused:
            inbox_only.append(replace(one, note=INBOX_ONLY))
        else:
            mailed.append(one)
    return Mailing(tuple(mailed), tuple(inbox_only), tuple(left_out))


def _draft(cohort: Cohort, words: Words, one: Addressee, submission: uuid.UUID) -> Draft:
    """The words are filled in now: what was shown is what goes."""
    values = {"recipient_name": one.name, "team": one.team, "cohort": cohort.title}
    wording = Wording(subject=words.subject, body=words.body)
    context = {
        "words": wordings.render_text(wording, values),
        "words_html": str(wordings.render_html(wording, values)),
    }
    if one.user:
        own = {"page": "programs:enrollment", "args": [one.enrollment]}
        context["link"] = own if one.enrollment else {"page": "home", "args": []}
    return Draft(
        kind=Kind.NEWS,
        key=f"news:{submission}:{one.key}"[:200],
        subject=wordings.render_subject(wording, values),
        to=one.user,
        address=one.address,
        template="news",
        context=context,
    )
