from django.urls import path

from assessments import views

app_name = "assessments"
urlpatterns = [
    path("start/<uuid:enrollment>/<slug:milestone>/", views.start, name="start"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/domains/<slug:code>/", views.domain, name="domain"),
    path("<uuid:public_id>/change/", views.change, name="change"),
    path("<uuid:public_id>/submit/", views.submit, name="submit"),
    path("<uuid:public_id>/reopen/", views.reopen, name="reopen"),
]
