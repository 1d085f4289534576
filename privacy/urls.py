from django.urls import path

from privacy import views

urlpatterns = [
    path("profile/data/", views.your_data, name="your_data"),
    path("profile/data/download/", views.download, name="your_data_download"),
    path("people/<uuid:public_id>/remove/", views.remove_person, name="remove_person"),
]
