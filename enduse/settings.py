"""Django settings. Everything an installation may change comes from the environment; all state is in ENDUSE_HOME."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent
ENDUSE_HOME = Path(os.environ.get("ENDUSE_HOME", "var")).resolve()
ENDUSE_HOME.mkdir(parents=True, exist_ok=True)


def _kept_secret(name: str) -> str:
    """A secret made once per installation and kept readable by its owner only."""
    path = ENDUSE_HOME / "keys" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret


DEBUG = os.environ.get("ENDUSE_DEBUG") == "1"
SECRET_KEY = os.environ.get("ENDUSE_SECRET_KEY") or _kept_secret("django.secret")
ALLOWED_HOSTS = os.environ.get("ENDUSE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("ENDUSE_ORIGINS", "").split(",") if origin]
ENDUSE_LOG_ORIGIN = os.environ.get("ENDUSE_LOG_ORIGIN", "enduse.example/log")
# Who cosigns the log's checkpoints: "public-key address", several parted by commas. Without it, ENDUSE_HOME/witnesses.txt, one a line.
ENDUSE_LOG_WITNESSES = os.environ.get("ENDUSE_LOG_WITNESSES", "")
ENDUSE_SCAN_COMMAND = os.environ.get("ENDUSE_SCAN_COMMAND", "")
ENDUSE_CLAMD = os.environ.get("ENDUSE_CLAMD", "")
ENDUSE_UPLOAD_LIMIT_MB = int(os.environ.get("ENDUSE_UPLOAD_LIMIT_MB", "32"))

FLOORS = [
    "ledger", "accounts", "parties", "documents", "alerts", "screening", "certificates",
    "measures", "licensing", "custody", "deliveries", "monitoring", "tracing",
    "diversion", "lab", "reports",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    *[f"enduse.{floor}" for floor in FLOORS],
    "enduse.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "enduse.web.security.ContentSecurityPolicy",
    # Before anything that reads a body: what is over the limit is refused by its announced length.
    "enduse.web.security.RefusalsAsPages",
    "enduse.api.idempotency.Idempotency",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "enduse.urls"
WSGI_APPLICATION = "enduse.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "enduse.web.context.site",
            ],
            "builtins": ["enduse.web.templatetags.enduse"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{ENDUSE_HOME / 'enduse.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Tests race threads against each other, which an in-memory database cannot show.
    DATABASES["default"]["TEST"] = {"NAME": str(ENDUSE_HOME / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        # A write transaction takes the lock when it begins, so two officers queue instead of failing half way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "enduse.parties.signing_in.ByPassword",
    "enduse.parties.signing_in.ByAccount",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "enduse.accounts.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "enduse"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or "localhost" in ALLOWED_HOSTS

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = ENDUSE_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = ENDUSE_HOME / "uploads"
# Uploads over this many bytes go to a temporary file, so a large manifest never sits in memory whole.
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = ENDUSE_UPLOAD_LIMIT_MB * 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = os.environ.get("ENDUSE_HTTPS") == "1"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
