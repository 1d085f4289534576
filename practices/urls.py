from django.urls import path

from practices import views

app_name = "practices"

urlpatterns = [
    path("practices/<uuid:public_id>/", views.practice, name="practice"),
    path("practices/<uuid:public_id>/change/", views.change, name="change"),
    path("practices/<uuid:public_id>/sites/", views.add_site, name="add_site"),
    path("practices/<uuid:public_id>/let-in/", views.let_in, name="let_in"),
    path("sites/<uuid:public_id>/", views.site, name="site"),
    path("sites/<uuid:public_id>/remove/", views.remove_site, name="remove_site"),
    path("affiliations/<uuid:public_id>/end/", views.end_affiliation, name="end_affiliation"),
    path("teams/<uuid:public_id>/", views.team, name="team"),
    path("teams/<uuid:public_id>/invite/", views.invite, name="invite"),
    path("teams/<uuid:public_id>/sponsor/", views.sponsor, name="sponsor"),
    path("members/<uuid:public_id>/end/", views.end_membership, name="end_membership"),
    # Before the link: both are shorter than any token.
    path("invitations/<uuid:public_id>/revoke/", views.revoke, name="revoke"),
    path("invitations/<uuid:public_id>/renew/", views.renew, name="renew"),
    path("invitations/<uuid:public_id>/<str:token>/", views.invitation, name="invitation"),
]
