"""One settings file, driven by the environment. Every variable is described in the README and in .env.example.

Debug off is production: the process refuses to start without the five settings below.
"""

from pathlib import Path

import dj_database_url
from celery.schedules import schedule
from csp.constants import NONE, SELF

from collaborative import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
env.load(BASE_DIR)

DEBUG = env.flag("DEBUG")
if not DEBUG:
    env.required(("SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "LINK_KEY", "AUDIT_KEY"))

SECRET_KEY = env.text("SECRET_KEY", "debug-only-secret-key-that-protects-nothing")
LINK_KEY = env.text("LINK_KEY", "debug-only-link-key")
AUDIT_KEY = env.text("AUDIT_KEY", "debug-only-audit-key")
# Keys that earlier parts of the audit trail were sealed with, the oldest first; verifying reads them, nothing writes with them.
AUDIT_OLD_KEYS = env.words("AUDIT_OLD_KEYS")
# Where the head of the audit trail is mailed once an hour when it has moved; empty: the log and VAR_DIR alone.
AUDIT_HEAD_EMAIL = env.text("AUDIT_HEAD_EMAIL")
PORT = env.number("PORT", 8000)
SITE_URL = env.text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SITE_NAME = env.text("SITE_NAME", "Quality Collaboratives")
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL", "support@example.org")

# The password of the demonstration's people; `make run` writes a random one. Empty: they cannot sign in.
DEMO_PASSWORD = env.text("DEMO_PASSWORD")

# Everything the running product writes outside its database: the embedded database, the file broker, sent mail, uploads.
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "collaborative",
    "simulation",
    "dashboards",
    "privacy",
    "improvement",
    "sessions_app",
    "assessments",
    "applications",
    "programs",
    "practices",
    "notifications",
    "documents",
    "questionnaires",
    "accounts",
    "core",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_countries",
    "csp",
]

MIDDLEWARE = [
    "core.middleware.stamp_arrival",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.leave_nothing_behind",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # before what may refuse a request by itself
    "core.middleware.refuse_unreadable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.session_limits",
    "accounts.middleware.reader_time_zone",
    "accounts.middleware.require_two_factors",
    "core.middleware.explain_refused_method",
]
if DEBUG:
    MIDDLEWARE.append("core.middleware.show_own_not_found")

ROOT_URLCONF = "collaborative.urls"
WSGI_APPLICATION = "collaborative.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.site",
                "dashboards.context_processors.system_banner",
            ],
        },
    },
]

# --- Database: SQLite for one machine, PostgreSQL for production -------------------------------------------------------
DATABASE_URL = env.address("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}", ("sqlite", "postgres", "postgresql"))
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without these three, eight writers meet "database is locked" (docs/decisions/0002-two-databases.md).
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A page of an application joins fourteen tables by their keys, and PostgreSQL took 60 ms to think of a plan that then ran
    # for half of one; so it may swap four neighbours, and else joins in the order written. “options” in DATABASE_URL wins.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c join_collapse_limit=4")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis where there is one; files and memory where there is none ----------------------------------------------------
REDIS_URL = env.address("REDIS_URL", "", ("redis", "rediss"))
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CELERY_BROKER_URL = REDIS_URL
    # A worker that holds tasks it has not begun ends when Redis does (kombu 5.7); this one waits and goes on.
    CELERY_WORKER_DISABLE_PREFETCH = True
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "unacked_restore_interval": 1,
        "visibility_timeout": 600,
        # A nudge is worth no waiting: without these a request hangs for six seconds where Redis is away, or for ever.
        "max_retries": 0,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker"),
        "data_folder_out": str(VAR_DIR / "broker"),
        "control_folder": str(VAR_DIR / "broker-control"),
        "polling_interval": 0.05,
    }
    for folder in ("broker", "broker-control"):
        (VAR_DIR / folder).mkdir(parents=True, exist_ok=True)

CELERY_TIMEZONE = "UTC"  # a crontab in New York skips the repeated hour every autumn
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 60)
CELERY_BEAT_SCHEDULE = {
    # The only periodic entry. It expires, so that queued ticks do not pile up behind a stopped worker.
    "sweep": {
        "task": "collaborative.sweep",
        "schedule": schedule(SWEEP_SECONDS),
        "options": {"expires": max(SWEEP_SECONDS - 5, 1)},
    },
}

# --- Mail: Django's mail becomes rows; the sender delivers the rows ----------------------------------------------------
EMAIL_BACKEND = "notifications.backends.OutboxBackend"
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 30
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
DELIVERY_EMAIL_BACKEND = env.text(
    "DELIVERY_EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "django.core.mail.backends.filebased.EmailBackend",
)
# How long a sender may hold a claimed mail; ten minutes or more in life, for a slow relay is not a dead sender.
MAIL_LEASE_SECONDS = env.number("MAIL_LEASE_SECONDS", 600)
# A callable(message_id) -> notifications.services.claims.Fate that asks the relay's log; empty where there is none.
RELAY_LOG = env.text("RELAY_LOG")
# Wake the sender after each commit that wrote mail, instead of leaving it to the next sweep.
NUDGE_SENDER = env.flag("NUDGE_SENDER", True)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <no-reply@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Whether the sweep removes once a night what is kept no longer; off until staff have seen on /status what that would be.
RETENTION = env.flag("RETENTION")

# What watches the sweep from outside: asked for by GET after every sweep, so that it gives alarm when they stop.
PING_URL = env.address("PING_URL", "", ("http", "https"))

# --- People and sign-in ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# The address is unique without regard to case by a constraint on Lower("email"), which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.forms.passwords.LengthenedCommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.entrance.LoginForm",
    "add_email": "accounts.forms.entrance.AddEmailForm",
    "change_email": "accounts.forms.entrance.ChangeEmailForm",
    "change_password": "accounts.forms.entrance.ChangePasswordForm",
    "set_password": "accounts.forms.entrance.SetPasswordForm",
    "reset_password": "accounts.forms.entrance.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.entrance.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.entrance.ReauthenticateForm",
    "confirm_email_verification_code": "accounts.forms.entrance.ConfirmEmailVerificationCodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code, not a link: nothing in the mail for a scanner to consume, and the page the person came from stays open.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.partition("://")[0]
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = False
# By address these are wide, for a whole hospital stands behind one; by account they are narrow. Only failures count
# towards login_failed (tests/accounts/test_rate_limits.py: 500 people in an hour get in, one attacker does not).
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "20/m/ip,200/h/ip,5/5m/key",
    "signup": "60/m/ip",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.entrance.AuthenticateForm",
    "reauthenticate": "accounts.forms.entrance.ReauthenticateMFAForm",
    "activate_totp": "accounts.forms.entrance.ActivateTOTPForm",
    "login_webauthn": "accounts.forms.entrance.LoginWebAuthnForm",
    "reauthenticate_webauthn": "accounts.forms.entrance.ReauthenticateWebAuthnForm",
    "add_webauthn": "accounts.forms.entrance.AddWebAuthnForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
STAFF_TWO_FACTORS_REQUIRED = env.flag("STAFF_TWO_FACTORS_REQUIRED", not DEBUG)

# --- Security ----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "accounts.backends"
MESSAGE_STORAGE = "core.backends.Notices"
MESSAGE_COOKIE_NAME = "messages"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # forms and /session/ carry it; no script reads the cookie
SESSION_COOKIE_AGE = 24 * 60 * 60
# Seconds (without a sign of life, altogether) after which somebody is signed out.
SESSION_LIMITS = {
    "staff": (env.number("STAFF_IDLE_MINUTES", 15) * 60, 12 * 60 * 60),
    "others": (env.number("IDLE_MINUTES", 60) * 60, SESSION_COOKIE_AGE),
}
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz(/full)?$"]
    SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if SITE_URL.startswith("https://"):  # browsers take such a name over TLS alone, and from nobody but this host
        SESSION_COOKIE_NAME = "__Host-session"
        CSRF_COOKIE_NAME = "__Host-csrf"
        MESSAGE_COOKIE_NAME = "__Host-messages"
    if env.text("TRUSTED_PROXY_COUNT"):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# What the first middleware believes about when a request arrived; on only behind a proxy that always sets the header.
TRUST_REQUEST_START = env.flag("TRUST_REQUEST_START")

# --- Language, time, files ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
# The admin writes dates as every other page does: “November 30, 2026, 7:27 AM”.
FORMAT_MODULE_PATH = "collaborative.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
# Uploads lie under random names where no web server looks; only rooms hand them out (documents/views.py).
MEDIA_ROOT = VAR_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "incoming"
for path in (MEDIA_ROOT, FILE_UPLOAD_TEMP_DIR):
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = ["documents.backends.BoundedUpload"]
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Of one file; of all files of one application or other form together, and how many.
MAX_UPLOAD_MB = env.number("MAX_UPLOAD_MB", 20)
FILE_QUOTA_MB = env.number("FILE_QUOTA_MB", 200)
FILE_QUOTA_COUNT = env.number("FILE_QUOTA_COUNT", 100)
# A callable(path) -> documents.services.Verdict that looks for viruses; empty: files stay "not scanned".
FILE_SCANNER = env.text("FILE_SCANNER")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"hide_tokens": {"()": "core.links.HideTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_tokens"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
