from django.urls import include, path

from applications import views

calls = (
    [
        path("", views.call_list, name="list"),
        path("<slug:code>/", views.call_detail, name="detail"),
        path("<slug:code>/eligibility/", views.eligibility, name="eligibility"),
        path("<slug:code>/start/", views.start, name="start"),
        path("<slug:code>/carry/", views.carry, name="carry"),
    ],
    "calls",
)
applications = (
    [
        path("", views.application_list, name="list"),
        path("<uuid:public_id>/", views.detail, name="detail"),
        path("<uuid:public_id>/practice/", views.practice, name="practice"),
        path("<uuid:public_id>/team/", views.team, name="team"),
        path("<uuid:public_id>/team/invite/", views.invite, name="invite"),
        path("<uuid:public_id>/team/access/", views.access, name="access"),
        path("<uuid:public_id>/sponsor/", views.sponsor, name="sponsor"),
        path("<uuid:public_id>/letters/ask/", views.letter_ask, name="letter_ask"),
        path("<uuid:public_id>/letters/upload/", views.letter_upload, name="letter_upload"),
        path("<uuid:public_id>/letters/<uuid:letter_id>/", views.letter, name="letter"),
        path("<uuid:public_id>/letters/<uuid:letter_id>/file/", views.letter_file, name="letter_file"),
        path("<uuid:public_id>/letters/<uuid:letter_id>/remind/", views.letter_remind, name="letter_remind"),
        path("<uuid:public_id>/letters/<uuid:letter_id>/link/", views.letter_copy, name="letter_copy"),
        path("<uuid:public_id>/letters/<uuid:letter_id>/end/", views.letter_end, name="letter_end"),
        path("<uuid:public_id>/sections/<slug:code>/", views.section, name="section"),
        path("<uuid:public_id>/sections/<slug:code>/autosave/", views.autosave, name="autosave"),
        path("<uuid:public_id>/files/<uuid:file_id>/", views.file, name="file"),
        path("<uuid:public_id>/commit/", views.commit, name="commit"),
        path("<uuid:public_id>/commit/ask/", views.ask_everybody, name="ask_everybody"),
        path("<uuid:public_id>/corrections/<slug:code>/", views.correction, name="correction"),
        path("<uuid:public_id>/check/", views.check, name="check"),
        path("<uuid:public_id>/sign/", views.sign, name="sign"),
        path("<uuid:public_id>/submit/", views.submit, name="submit"),
        path("<uuid:public_id>/receipt/", views.receipt, name="receipt"),
        path("<uuid:public_id>/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
        path("<uuid:public_id>/submissions/<int:number>.pdf", views.receipt_pdf, name="submission_pdf"),
        path("<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
        path("<uuid:public_id>/reopen/", views.reopen, name="reopen"),
    ],
    "applications",
)
# Links without an account: whoever holds one is let in, and opening it changes nothing.
letters = (
    [
        path("<uuid:public_id>/<str:token>/", views.by_link, name="letter"),
        path("<uuid:public_id>/<str:token>/write/", views.write_letter, name="write"),
        path("<uuid:public_id>/<str:token>/upload/", views.upload_by_link, name="upload"),
        path("<uuid:public_id>/<str:token>/sign/", views.sign_letter, name="sign"),
        path("<uuid:public_id>/<str:token>/decline/", views.decline_letter, name="decline"),
    ],
    "letters",
)
attendance = (
    [
        path("<uuid:public_id>/<str:token>/", views.word, name="word"),
        path("<uuid:public_id>/<str:token>/cannot/", views.cannot_attend, name="cannot"),
    ],
    "attendance",
)
# Namespaces in one room: what anybody may read, what belongs to a team, and what a link opens.
urlpatterns = [
    path("calls/", include(calls)),
    path("applications/", include(applications)),
    path("letters/", include(letters)),
    path("attendance/", include(attendance)),
]
