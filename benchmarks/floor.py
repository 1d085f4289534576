"""The floor of the intake: a bare Django view with sign-in, its form page and its POST of 13 rows, on the same database.

Settings and addresses of a second web server; it has Django's own middleware for sessions and sign-in, and nothing of ours.
"""

from typing import Any

from collaborative import settings as product

for name in dir(product):
    if name.isupper():
        globals()[name] = getattr(product, name)

ROOT_URLCONF = "benchmarks.floor_urls"
WSGI_APPLICATION = None
MIDDLEWARE: list[Any] = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth refuses to start without it
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
