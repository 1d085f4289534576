from django.urls import path

from accounts import views

urlpatterns = [
    path("session/", views.session, name="session"),
    path("profile/", views.profile, name="profile"),
    path("profile/sign-out-elsewhere/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("access/<uuid:public_id>/<str:token>/", views.access, name="access"),
]
