"""What is kept, for how long, and why. Pages show this table, and ``manage.py retention`` acts on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from privacy.selectors import found

YEAR = found.YEAR
# What people wrote or said for an application, its answers aside.
WORDS_OF_AN_APPLICATION = (
    "applications.AttendanceCommitment",
    "applications.Correction",
    "applications.Letter",
    "applications.Note",
    "applications.Screening",
    "applications.SectionVisit",
    "applications.SignOff",
    "applications.Submission",
)


class Act(StrEnum):
    """What happens once the time is over."""

    DELETE = "deleted"
    BLANK = "emptied"
    ANONYMISE = "made nameless"
    KEEP = "kept"


@dataclass(frozen=True)
class Rule:
    """One line of the table.

    ``what`` and ``why`` are sentences for everybody. ``days`` are counted ``since`` something; 0: at once. ``find`` gives
    the rows that were due before a moment. ``models`` are the tables of which the rule speaks, by their labels.
    """

    code: str
    what: str
    days: int
    since: str
    why: str
    act: Act
    models: tuple[str, ...]
    find: Callable[[datetime], QuerySet] | None = None

    @property
    def length(self) -> str:
        """“2 years”, “90 days”; of what is kept, until when."""
        if self.act is Act.KEEP:
            return self.since
        if not self.days:
            return f"Until {self.since}"
        count, unit = (self.days // YEAR, "year") if self.days % YEAR == 0 else (self.days, "day")
        return f"{count} {unit}{'' if count == 1 else 's'} {self.since}"


RULES: tuple[Rule, ...] = (
    # --- With an end ------------------------------------------------------------------------------------------------
    Rule(
        code="expired-sessions",
        what="That you are signed in: one entry for each browser, with its name and when it was used.",
        days=0,
        since="you sign out or the time is over",
        why="Nobody needs it once it has ended.",
        act=Act.DELETE,
        models=("accounts.BrowserSession",),
        find=found.expired_sessions,
    ),
    Rule(
        code="loose-files",
        what="Uploaded files that nothing refers to any more.",
        days=1,
        since="after the upload",
        why="What was replaced or removed is not kept by the back door. A day, because saving may still be under way.",
        act=Act.DELETE,
        models=("documents.StoredFile",),
        find=found.loose_files,
    ),
    Rule(
        code="tables",
        what="Tables of a call's applications that staff had made to download, with their files.",
        days=found.EXPORT_DAYS,
        since="after staff asked for it",
        why="A copy of everybody's answers stays no longer than it takes to download it.",
        act=Act.DELETE,
        models=("applications.Export", "documents.StoredFile"),
        find=found.exports,
    ),
    Rule(
        code="unverified-accounts",
        what="Accounts whose email address nobody confirmed, and which belong to no team.",
        days=30,
        since="after signing up",
        why="The address may be a stranger's.",
        act=Act.DELETE,
        models=("accounts.User", "account.EmailAddress"),
        find=found.unverified_accounts,
    ),
    Rule(
        code="access-links",
        what="One-time links with which an account is set up.",
        days=90,
        since="after they end",
        why="For a while they answer the question why a link did not work.",
        act=Act.DELETE,
        models=("accounts.AccessLink",),
        find=found.access_links,
    ),
    Rule(
        code="invitations",
        what="Invitations to a team or a practice with the address they went to, accepted or not.",
        days=YEAR,
        since="after they end",
        why="Teams ask later who was invited. The membership itself is a record of its own.",
        act=Act.DELETE,
        models=("practices.Invitation",),
        find=found.invitations,
    ),
    Rule(
        code="abandoned-applications",
        what="Answers, letters, commitments of applications never submitted, or withdrawn. That there was one stays.",
        days=YEAR,
        since="after the deadline of the call",
        why="Teams that change their mind find their texts again for the next call.",
        act=Act.BLANK,
        models=("questionnaires.Answer", "questionnaires.Response", *WORDS_OF_AN_APPLICATION),
        find=found.abandoned_applications,
    ),
    Rule(
        code="mail-not-sent",
        what="Mail that could not be sent or was not needed any more.",
        days=YEAR,
        since="after it was written",
        why="So that staff can find out why something did not arrive.",
        act=Act.DELETE,
        models=("notifications.Message", "notifications.Item"),
        find=found.unsent_mail,
    ),
    Rule(
        code="admin-log",
        what="The administration's own list of recent actions by staff, with the names of what they changed.",
        days=YEAR,
        since="after the action",
        why="A help in daily work. The audit trail says the same for good, without names.",
        act=Act.DELETE,
        models=("admin.LogEntry",),
        find=found.admin_log,
    ),
    Rule(
        code="sent-mail",
        what="Mail that this site sent, with its text.",
        days=2 * YEAR,
        since="after sending",
        why="It proves what was said and when, for the length of a program.",
        act=Act.DELETE,
        models=("notifications.Message", "notifications.Item"),
        find=found.sent_mail,
    ),
    Rule(
        code="earlier-answers",
        what="Earlier versions of answers in applications. The present version stays.",
        days=3 * YEAR,
        since="after they were written",
        why="A team can see who changed what as long as its program runs.",
        act=Act.DELETE,
        models=("questionnaires.AnswerRevision",),
        find=found.earlier_answers,
    ),
    Rule(
        code="declined-applications",
        what=(
            "Answers, people, letters of support and the staff's notes of applications that were declined or stayed on the"
            " alternate list."
            " The decision, its date and facts about the practice stay."
        ),
        days=3 * YEAR,
        since="after the decision",
        why="For questions about the decision and for a new application. Facts without people are counted in statistics.",
        act=Act.BLANK,
        models=("applications.Application", "questionnaires.Answer", *WORDS_OF_AN_APPLICATION),
        find=found.declined_applications,
    ),
    Rule(
        code="former-sponsors",
        what="Name, address and position of a team's sponsor. That the team had one stays.",
        days=3 * YEAR,
        since="after the sponsor's time, or the team's program, has ended",
        why="Sponsors have no account here and cannot look after their data themselves.",
        act=Act.BLANK,
        models=("practices.Sponsor",),
        find=found.former_sponsors,
    ),
    Rule(
        code="quiet-people",
        what=(
            "Accounts of people who no longer sign in, are in no team that is under way, and have no attendance of the"
            " last six years."
        ),
        days=found.QUIET_DAYS,
        since="after the last sign-in",
        why="Who has gone needs no account. What they did stays as “Removed person”, because the figures rest on it.",
        act=Act.ANONYMISE,
        models=("accounts.User", "account.EmailAddress", "mfa.Authenticator", "practices.Member"),
        find=found.quiet_people,
    ),
    # --- Without an end of its own ------------------------------------------------------------------------------------
    Rule(
        code="accounts",
        what=(
            "Your name, address, profession and ASCO membership, your second factors, your calendar addresses, and which mail"
            " you turned off."
        ),
        days=0,
        since="As long as you have an account",
        why="Without them you could not sign in or be in a team.",
        act=Act.KEEP,
        models=(
            "accounts.User",
            "account.EmailAddress",
            "mfa.Authenticator",
            "notifications.Refusal",
            "programs.CalendarFeed",
        ),
    ),
    Rule(
        code="attendance",
        what="Attendance at sessions, and which duties were met when.",
        days=0,
        since="At least six years",
        why="Accreditation of continuing education asks for it. Nameless attendance stays in the statistics.",
        act=Act.KEEP,
        models=("sessions_app.Attendance", "programs.Completion", "programs.Extension"),
    ),
    Rule(
        code="teams",
        what="Practices with their sites, teams, who was in them or let in, who helped them, and accepted applications.",
        days=0,
        since="As long as the program's records",
        why="The record of who took part. After a person is removed it says “Removed person”.",
        act=Act.KEEP,
        models=(
            "practices.Practice",
            "practices.Site",
            "practices.Team",
            "practices.Member",
            "practices.Affiliation",
            "practices.ToldApart",
            "programs.Enrollment",
            "programs.Supporter",
            "applications.Application",
            "documents.StoredFile",
        ),
    ),
    Rule(
        code="work",
        what="Assessments, projects, measures, updates and the coaches' comments on them.",
        days=0,
        since="As long as the program's records",
        why="The record of the program, and what improvement is measured by. It is about care, not about people.",
        act=Act.KEEP,
        models=(
            "assessments.Assessment",
            "assessments.MemberAnswer",
            "assessments.AgreedAnswer",
            "assessments.AgreedRevision",
            "assessments.Comparison",
            "assessments.Evidence",
            "assessments.Finding",
            "assessments.FindingStrategy",
            "assessments.MemberTurn",
            "assessments.Release",
            "assessments.Report",
            "assessments.ReviewerAnswer",
            "improvement.Project",
            "improvement.Measure",
            "improvement.DataPoint",
            "improvement.PdsaCycle",
            "improvement.QuarterlyUpdate",
            "improvement.CoachComment",
        ),
    ),
    Rule(
        code="wordings",
        what="Who of the staff wrote which version of a mail's wording, or rehearsed a call.",
        days=0,
        since="As long as the program's records",
        why="So that it can be said which words were sent.",
        act=Act.KEEP,
        models=("notifications.Wording", "applications.Rehearsal", "assessments.Strategy"),
    ),
    Rule(
        code="audit",
        what="The audit trail: who did what to what, and when. It holds numbers and names of fields, not what you wrote.",
        days=0,
        since="For good",
        why="A record from which something can be taken out proves nothing. Once you are removed, your number names nobody.",
        act=Act.KEEP,
        models=("core.AuditEntry", "core.AuditSeal", "core.AuditUnsealed", "privacy.RetentionRun", "privacy.Removal"),
    ),
)


def rule_of(code: str) -> Rule | None:
    return next((rule for rule in RULES if rule.code == code), None)


def due(rule: Rule, now: datetime) -> QuerySet | None:
    """The rows whose time is over at ``now``; None for what is kept."""
    return rule.find(now - timedelta(days=rule.days)) if rule.find else None
