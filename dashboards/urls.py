from django.urls import path

from dashboards import views

urlpatterns = [
    path("", views.home, name="home"),
    path("cohorts/<slug:code>/board/", views.cohort_board, name="cohort_board"),
    path("cohorts/<slug:code>/clone/", views.cohort_clone, name="cohort_clone"),
    path("programs/<slug:code>/cohorts/new/", views.cohort_new, name="cohort_new"),
    path("who-may-do-what/", views.who_may_do_what, name="who_may_do_what"),
    path("healthz", views.healthz, name="healthz"),
    path("status", views.status, name="status"),
    path("status/failed/", views.status_failed, name="status_failed"),
    path("status/mail/<uuid:public_id>/again/", views.status_send_again, name="status_send_again"),
    path("status/mail/<uuid:public_id>/arrived/", views.status_arrived, name="status_arrived"),
    path("status/mail/<uuid:public_id>/give-up/", views.status_give_up, name="status_give_up"),
]
