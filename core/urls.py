from django.urls import path

from core import views

urlpatterns = [
    path("privacy/", views.privacy, name="privacy"),
    path("contact/", views.contact, name="contact"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
