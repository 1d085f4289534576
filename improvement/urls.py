from django.urls import path

from improvement import views

app_name = "improvement"
urlpatterns = [
    path("projects/new/<uuid:enrollment_id>/", views.new_project, name="new_project"),
    path("projects/from-finding/<uuid:public_id>/", views.from_finding, name="from_finding"),
    path("projects/<uuid:public_id>/", views.project, name="project"),
    path("projects/<uuid:public_id>/edit/", views.edit_project, name="edit_project"),
    path("projects/<uuid:public_id>/measures/new/", views.new_measure, name="new_measure"),
    path("measures/<uuid:public_id>/", views.measure, name="measure"),
    path("updates/start/<uuid:enrollment_id>/<slug:code>/", views.start_update, name="start_update"),
    path("updates/<uuid:public_id>/", views.update, name="update"),
    path("updates/<uuid:public_id>/check/", views.check_update, name="check_update"),
    path("updates/<uuid:public_id>/submit/", views.submit_update, name="submit_update"),
    path("updates/<uuid:public_id>/comment/", views.comment_update, name="comment_update"),
]
