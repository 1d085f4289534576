"""Where a notice waits until a page shows it: in a cookie of this host alone, and in the session where it is too long for one."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookie(CookieStorage):
    cookie_name = settings.MESSAGE_COOKIE_NAME


class Notices(FallbackStorage):
    storage_classes = (HostCookie, SessionStorage)
