"""The bare server's way in; what it serves (``benchmarks.floor_urls``) is imported once Django is set up."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
