from django.urls import include, path

from applications import views

calls = (
    [
        path("", views.call_list, name="list"),
        path("<slug:code>/", views.call_detail, name="detail"),
        path("<slug:code>/start/", views.start, name="start"),
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
        path("<uuid:public_id>/sponsor/", views.sponsor, name="sponsor"),
        path("<uuid:public_id>/sections/<slug:code>/", views.section, name="section"),
        path("<uuid:public_id>/files/<uuid:file_id>/", views.file, name="file"),
        path("<uuid:public_id>/commit/", views.commit, name="commit"),
        path("<uuid:public_id>/check/", views.check, name="check"),
        path("<uuid:public_id>/submit/", views.submit, name="submit"),
        path("<uuid:public_id>/receipt/", views.receipt, name="receipt"),
        path("<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
        path("<uuid:public_id>/reopen/", views.reopen, name="reopen"),
    ],
    "applications",
)
# Two namespaces in one room: what anybody may read, and what belongs to a team.
urlpatterns = [path("calls/", include(calls)), path("applications/", include(applications))]
