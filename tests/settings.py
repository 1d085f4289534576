"""The product's own settings with a test's environment: no .env, debug off, keys that protect nothing.

``TEST_DATABASE_URL`` chooses the database; without it the suite runs on SQLite in memory.
"""

import os
import tempfile

os.environ["ENV_FILE"] = os.devnull
os.environ["DEBUG"] = "0"
os.environ["SECRET_KEY"] = "a-test-secret-key-that-is-long-enough-and-protects-nothing-0123456789"
os.environ["SITE_URL"] = "https://collaborative.example.org"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,collaborative.example.org"
os.environ["LINK_KEY"] = "test-link-key"
os.environ["AUDIT_KEY"] = "test-audit-key"
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="collaborative-test-")
os.environ["SECURE_SSL_REDIRECT"] = "0"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or "sqlite://:memory:"
os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL", "")

from collaborative.settings import *  # noqa: F403

if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    # No test asks whether a row survives a power cut, and each flush of the tables would wait for the disk.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # noqa: F405

# Hashing a password costs a third of a second by design; a test's cast of people needs none of that.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
NUDGE_SENDER = False
DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The browser tests have no TLS, so cookies are as they are there.
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, MESSAGE_COOKIE_NAME = "sessionid", "csrftoken", "messages"
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405 - WhiteNoise warns of a folder that is not there
