"""The audit trail's verbs in words, to be read behind the name of who acted: “Lena Leader renamed the team”.

A verb without words fails ``tests/dashboards/test_history.py``. What came from an older version is told by ``plain``.
"""

from django.utils.translation import gettext_lazy as _

WORDS = {
    # People and their access
    "accesslink.issued": _("made a one-time link for signing in"),
    "accesslink.used": _("used the one-time link and set a password"),
    "user.activated": _("opened the account again"),
    "user.created": _("made the account"),
    "user.deactivated": _("closed the account"),
    "user.factors_reset": _("took the second factors away"),
    "user.mail_arrived": _("showed that mail to the address arrives again"),
    "user.mail_failed": _("found that mail to the address is refused"),
    "user.mail_turned_off": _("turned off a kind of mail"),
    "user.mail_turned_on": _("turned a kind of mail on again"),
    "user.membership_confirmed": _("confirmed the ASCO membership"),
    "user.deleted": _("deleted the account"),
    "user.removed": _("removed the person"),
    "retentionrun.applied": _("deleted what is kept no longer"),
    "application.emptied": _("emptied the application, because its time was over"),
    "application.person_removed": _("took a removed person out of the sealed copy"),
    "sponsor.emptied": _("took out the sponsor's name, because its time was over"),
    "user.role_changed": _("changed the role"),
    "user.signed_out_elsewhere": _("signed out everywhere else"),
    "user.signed_up": _("signed up"),
    "user.updated": _("changed the profile"),
    # Practices and teams
    "practice.created": _("entered the practice"),
    "practice.sites_changed": _("changed the sites of the practice"),
    "practice.updated": _("changed facts of the practice"),
    "practice.merged": _("merged this entry of the practice into another one"),
    "practice.took_over": _("merged another entry of the practice into this one"),
    "practice.told_apart": _("said that another entry that looks alike is another practice"),
    "practice.apart_taken_back": _("took back that another entry that looks alike is another practice"),
    "team.created": _("made the team"),
    "team.leader_changed": _("handed over the lead of the team"),
    "team.renamed": _("renamed the team"),
    "member.access_changed": _("changed what a member may do with the application"),
    "member.joined": _("added a member to the team"),
    "member.left": _("ended a membership"),
    "sponsor.named": _("named the sponsor"),
    "sponsor.updated": _("changed the sponsor"),
    "affiliation.let_in": _("let somebody apply for the practice"),
    "affiliation.ended": _("ended somebody's right to apply for the practice"),
    "invitation.accepted": _("accepted an invitation"),
    "invitation.renewed": _("sent an invitation again"),
    "invitation.revoked": _("took an invitation back"),
    "invitation.sent": _("sent an invitation"),
    # Calls and applications
    "call.opened": _("set up the call"),
    "call.changed": _("changed the call"),
    "call.eligibility_changed": _("changed the questions that come before an application"),
    "call.form_changed": _("put a changed form in use"),
    "call.rehearsed": _("rehearsed the call with made-up applications"),
    "application.started": _("started the application"),
    "application.draft": _("opened the application again"),
    "application.signed_off": _("signed the application off"),
    "application.submitted": _("submitted the application"),
    "application.accepted": _("accepted the application"),
    "application.alternate": _("kept the application as an alternate"),
    "application.declined": _("declined the application"),
    "application.withdrawn": _("withdrew the application"),
    "attendancecommitment.asked": _("asked for the promise to attend all sessions"),
    "attendancecommitment.confirmed": _("promised to attend all sessions"),
    "attendancecommitment.declined": _("said that not every session can be attended"),
    "letter.asked": _("asked for the letter of support"),
    "letter.reminded": _("reminded the sponsor of the letter of support"),
    "letter.link_copied": _("took the link of the letter of support to hand it on"),
    "letter.ended": _("took back the letter of support, or the request for it"),
    "letter.uploaded": _("uploaded the letter of support"),
    "letter.started": _("read what the sponsor is asked to support"),
    "letter.given": _("gave the letter of support"),
    "letter.declined": _("said that the application cannot be supported"),
    "letter.confirmed": _("made sure that the letter of support is the sponsor's"),
    "screening.given": _("screened the application"),
    "screening.changed": _("screened the application again"),
    "correction.asked": _("asked for changes"),
    "correction.answered": _("said that the changes are made"),
    "correction.settled": _("settled a request for changes"),
    "note.written": _("wrote a note"),
    "storedfile.stored": _("uploaded a file"),
    "storedfile.removed": _("removed a file"),
    "storedfile.clean": _("found a file clean"),
    "storedfile.refused": _("refused a file"),
    # Programs and taking part
    "program.loaded": _("loaded the program's file"),
    "cohort.cloned": _("made the cohort from another one"),
    "cohort.created": _("made the cohort"),
    "cohort.written_to": _("wrote to people of the cohort"),
    "milestone.moved": _("moved the date"),
    "milestone.reminder_added": _("added a reminder"),
    "milestone.reminder_changed": _("changed a reminder"),
    "milestone.reminder_removed": _("removed a reminder"),
    "milestone.test_mail_sent": _("sent a test mail"),
    "cohort.test_mail_sent": _("sent a test mail"),
    "enrollment.created": _("enrolled the team"),
    "enrollment.applying": _("put the enrollment back to applying"),
    "enrollment.accepted": _("accepted the team"),
    "enrollment.alternate": _("made the team an alternate"),
    "enrollment.declined": _("declined the team"),
    "enrollment.active": _("started the team in the program"),
    "enrollment.withdrawn": _("withdrew the team from the program"),
    "enrollment.finished": _("closed the program for the team"),
    "supporter.added": _("added a supporter"),
    "supporter.ended": _("ended a supporter's time"),
    "completion.created": _("recorded as done"),
    "completion.reopened": _("made it due again"),
    "extension.granted": _("gave more time"),
    "calendar_feed.created": _("made a calendar link"),
    "calendar_feed.renewed": _("made a new calendar link"),
    "calendar_feed.stopped": _("stopped a calendar link"),
    # Assessments and sessions
    "instrumentversion.loaded": _("loaded the questions"),
    "assessment.started": _("started the assessment"),
    "assessment.submitted": _("submitted the assessment"),
    "assessment.open": _("gave the assessment back to the team"),
    "assessment.reviewer_asked": _("asked a third party to score the assessment"),
    "assessment.reviewed": _("finished the third party's score"),
    "memberturn.finished": _("finished answering alone"),
    "memberturn.passed": _("will not answer alone"),
    "evidence.added": _("added evidence"),
    "evidence.removed": _("removed evidence"),
    "report.drafted": _("drafted the report of findings"),
    "report.changed": _("changed the report of findings"),
    "report.draft": _("took the report of findings back"),
    "report.review": _("asked for a second look at the report of findings"),
    "report.released": _("released the report of findings"),
    "strategy.added": _("added a strategy"),
    "strategy.changed": _("changed a strategy"),
    "strategy.retired": _("retired a strategy"),
    "comparison.frozen": _("froze the comparison of the cohort"),
    "session.scheduled": _("scheduled the session"),
    "session.changed": _("changed the session"),
    "session.agenda_changed": _("changed the agenda"),
    "session.attendance_recorded": _("recorded who attended"),
    "attendance.recorded": _("recorded an attendance"),
    # Projects and updates
    "project.started": _("started the project"),
    "project.changed": _("changed the project"),
    "measure.added": _("added a measure"),
    "datapoint.recorded": _("entered a data point"),
    "datapoint.corrected": _("corrected a data point"),
    "quarterlyupdate.started": _("started the update"),
    "quarterlyupdate.saved": _("saved the update"),
    "quarterlyupdate.submitted": _("submitted the update"),
    "quarterlyupdate.draft": _("opened the update again"),
    "coachcomment.written": _("wrote a comment"),
    # Questions and mail
    "formversion.created": _("wrote an edition of the questions"),
    "formversion.changed": _("changed the questions"),
    "formversion.dropped": _("gave up an edition of the questions that was not in use"),
    "formversion.frozen": _("closed an edition of the questions"),
    "response.carried_over": _("carried the answers over to another edition of the questions"),
    "wording.written": _("wrote an edition of the mail's words"),
    "message.pending": _("sent the mail again"),
    "message.sent": _("marked the mail as sent"),
    "message.cancelled": _("gave the mail up"),
}
# Where somebody did it to themselves, and the name need not stand twice.
OF_ONESELF = {"member.joined": _("joined the team"), "member.left": _("left the team")}
# What ends so is the same of everything.
ENDINGS = {".exported": _("took a copy out"), ".test_mail_sent": _("sent a test mail")}
# Work of the staff that is no act on the object, and nothing for those whose object it is.
# That a practice had been entered twice is nothing that applicants learn.
FOR_STAFF = (
    ".exported",
    ".test_mail_sent",
    "practice.merged",
    "practice.took_over",
    "practice.told_apart",
    "practice.apart_taken_back",
    "screening.given",
    "screening.changed",
    "note.written",
)
# Where the names of the fields say something that the verb does not.
WITH_FIELDS = (".changed", ".updated", ".saved", ".corrected", ".moved", ".reminder_changed", ".exported", ".took_over")


def words_for(verb: str, *, of_oneself: bool = False) -> str:
    """The verb in words; of a verb that is not known here, its own."""
    if of_oneself and verb in OF_ONESELF:
        return OF_ONESELF[verb]
    return WORDS.get(verb) or next((words for end, words in ENDINGS.items() if verb.endswith(end)), plain(verb))


def plain(verb: str) -> str:
    """“application: letter asked” of ``application.letter_asked``."""
    return verb.replace(".", ": ").replace("_", " ")
