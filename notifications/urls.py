from django.urls import path

from notifications import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/preferences/", views.preferences, name="mail_preferences"),
    path("inbox/<uuid:public_id>/", views.message, name="message"),
    path("mail/off/<uuid:public_id>/<slug:kind>/<str:token>/", views.refuse, name="refuse"),
]
