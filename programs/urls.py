from django.urls import path

from programs import feeds, views

app_name = "programs"
urlpatterns = [
    path("enrollments/<uuid:public_id>/", views.enrollment, name="enrollment"),
    path("calendar/", feeds.calendar, name="calendar"),
    path("calendar/start/", feeds.start, name="calendar_start"),
    path("calendar/<uuid:public_id>/renew/", feeds.renew, name="calendar_renew"),
    path("calendar/<uuid:public_id>/stop/", feeds.stop, name="calendar_stop"),
    path("calendar/<uuid:public_id>/<str:token>.ics", feeds.feed, name="calendar_feed"),
]
