"""Every address of the product, room by room."""

from django.contrib import admin
from django.urls import include, path

from collaborative import views

handler400 = "core.views.bad_request"
handler403 = "core.views.permission_denied"
handler404 = "core.views.page_not_found"
handler500 = "core.views.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("healthz/full", views.healthz_full, name="healthz_full"),
    path("", include("dashboards.urls")),
    path("", include("privacy.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("practices.urls")),
    path("", include("programs.urls")),
    path("", include("applications.urls")),
    path("assessments/", include("assessments.urls")),
    path("sessions/", include("sessions_app.urls")),
    path("", include("improvement.urls")),
    path("", include("core.urls")),
]
