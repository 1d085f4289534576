from django.urls import path

from sessions_app import views

app_name = "sessions_app"
urlpatterns = [
    path("", views.index, name="list"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/attendance/", views.attendance, name="attendance"),
]
