"""Settings: everything an operator may choose is a HAVRE_* variable, read here and documented in docs/reference/settings.md."""

import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("HAVRE_HOME", "var")).resolve()
TESTING = "pytest" in sys.modules
DEBUG = os.environ.get("HAVRE_DEBUG", "") == "1"
DEMO = os.environ.get("HAVRE_DEMO", "") == "1"

COUNTRY = os.environ.get("HAVRE_COUNTRY", "gh")
HAVRE_HOME = HOME
HAVRE_COUNTRY = COUNTRY
HAVRE_PUBLISHED_DATA = os.environ.get("HAVRE_PUBLISHED_DATA", "")
# Re-authentication must be this recent before an identity, an export or a break-glass (minutes).
HAVRE_FACTOR_MINUTES = int(os.environ.get("HAVRE_FACTOR_MINUTES", "5"))
# who must agree before a person's name opens to somebody who works without it: any or all of these jobs
HAVRE_IDENTITY_CUSTODIANS = os.environ.get("HAVRE_IDENTITY_CUSTODIANS", "any:case_manager@lead,child_protection@lead")
HAVRE_IDLE_MINUTES = int(os.environ.get("HAVRE_IDLE_MINUTES", "15"))
HAVRE_ABSOLUTE_HOURS = int(os.environ.get("HAVRE_ABSOLUTE_HOURS", "12"))
# A file (0600) with the vault's passphrase, for a start without a keyboard; the passphrase itself is never a variable.
HAVRE_PASSPHRASE_FILE = os.environ.get("HAVRE_PASSPHRASE_FILE", "")
# How long a backup of keys.sqlite3 lives (days): an erasure is complete in the backups after that.
HAVRE_KEYS_BACKUP_DAYS = int(os.environ.get("HAVRE_KEYS_BACKUP_DAYS", "30"))
# A folder on another machine or medium: each signed checkpoint of the audit chain is written there by the worker.
HAVRE_CHECKPOINT_FOLDER = os.environ.get("HAVRE_CHECKPOINT_FOLDER", "")
# Jobs (extracts, profiles) in the worker itself instead of a child process that ends: slower to give memory back, for small machines.
HAVRE_JOBS_INLINE = os.environ.get("HAVRE_JOBS_INLINE", "") == "1"
HAVRE_QUICK_EXIT = os.environ.get("HAVRE_QUICK_EXIT", "")


def _secret() -> str:
    """The signing secret of this instance: a 0600 file made at first start, never an environment variable."""
    if TESTING:
        return "not-a-secret-only-tests-use-this-value-0123456789"
    path = HOME / "secret_key"
    if not path.exists():
        HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
        import secrets

        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = _secret()
ALLOWED_HOSTS = os.environ.get("HAVRE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
HTTPS = os.environ.get("HAVRE_HTTPS", "") == "1"

INSTALLED_APPS = [
    "havre.site.apps.SiteConfig",
    "havre.partnership.apps.PartnershipConfig",
    "havre.publishing.apps.PublishingConfig",
    "havre.release.apps.ReleaseConfig",
    "havre.evidence.apps.EvidenceConfig",
    "havre.protection.apps.ProtectionConfig",
    "havre.referral.apps.ReferralConfig",
    "havre.justice.apps.JusticeConfig",
    "havre.register.apps.RegisterConfig",
    "havre.trust.apps.TrustConfig",
    "havre.standards.apps.StandardsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "havre.site.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "havre.trust.accounts.middleware.AccountMiddleware",
    "havre.register.person.locking.PersonLockMiddleware",
    "havre.trust.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "havre.site.urls"
WSGI_APPLICATION = "havre.site.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "havre.site.context.shell",
            ],
        },
    }
]

# journal_mode, synchronous and secure_delete are invariants: `havre doctor` and a test read them back.
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
_TESTS = Path(os.environ.get("HAVRE_TEST_DIR", "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()))


def _sqlite(name: str, pragmas: str = PRAGMAS) -> dict:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / f"{name}.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
        "TEST": {"NAME": str(_TESTS / f"havre-test-{os.getpid() if TESTING else 0}-{name}.sqlite3")},
    }


def _shared() -> dict:
    found = dj_database_url.parse(os.environ["HAVRE_DATABASE_URL"], conn_max_age=60, conn_health_checks=True)
    return {**found, "OPTIONS": {**found.get("OPTIONS", {}), "application_name": "havre"}}


SHARED = "HAVRE_DATABASE_URL" in os.environ
DATABASES = {
    # records, coded facts, sealed sections, acts
    "default": _shared() if SHARED else _sqlite("havre"),
    # readings, refusals, the chain; on PostgreSQL the same database by a connection of its own, so that a reading commits apart
    "access": _shared() if SHARED else _sqlite("access"),
    # one data key per person, wrapped; always a file of its own
    "keys": _sqlite("keys"),
    # sessions, sign-in attempts, the task queue; allauth's sessions point to users in another file, a link that SQLite cannot check
    "ops": _sqlite("ops", PRAGMAS + " PRAGMA foreign_keys=OFF;"),
}
DATABASE_ROUTERS = ["havre.trust.databases.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "trust.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# an upload holds names: it stays in memory and is never a temporary file in plain
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"

# sign-in by name; nobody signs up, nothing is mailed; codes and passphrases are slowed down in the database, by axes and by `slowing`
ACCOUNT_ADAPTER = "havre.trust.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {"login": "havre.trust.accounts.forms.SignInForm"}
MFA_ADAPTER = "havre.trust.accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TRUST_ENABLED = False
# by default ten passkeys a minute and address: behind the TLS proxy on this machine that is ten for the whole country.
# A signature over a fresh challenge cannot be guessed, so nothing is given away
MFA_RATE_LIMITS = False
# one step of 30 seconds each way: telephones in the field are rarely set exactly
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_FORMS = {
    "authenticate": "havre.trust.accounts.forms.SecondStepForm",
    "authenticate_webauthn": "havre.trust.accounts.forms.SecondStepKeyForm",
    "add_webauthn": "havre.trust.accounts.forms.AddKeyForm",
    "login_webauthn": "havre.trust.accounts.forms.PasskeyForm",
}
AXES_HANDLER = "havre.trust.accounts.slowing.GrowingHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "havre.trust.accounts.slowing.account_named"
AXES_LOCKOUT_CALLABLE = "havre.trust.accounts.slowing.held_back"
AXES_FAILURE_LIMIT = 5
# how long axes counts; how long a try waits grows with the misses (slowing.wait_after)
AXES_COOLOFF_TIME = timedelta(hours=24)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["login", "password", "code", "next", "csrfmiddlewaretoken", "username", "ip_address"]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = HAVRE_ABSOLUTE_HOURS * 3600
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "havre.site.views.stale_form"
if HTTPS:
    SESSION_COOKIE_NAME, SESSION_COOKIE_SECURE = "__Host-s", True
    CSRF_COOKIE_NAME, CSRF_COOKIE_SECURE = "__Host-c", True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
# not "no-referrer": browsers then send `Origin: null` with every form, which the CSRF check rightly refuses; no other host sees it
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = os.environ.get("HAVRE_LANGUAGE", "en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [PACKAGE / "site" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = os.environ.get("HAVRE_TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
# a checkout has no collected files: look them up when asked
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG or TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend" if TESTING else "django_tasks_db.DatabaseBackend"}}

# Named as in Django 6.0, sent by HeadersMiddleware until then.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}

DEFAULT_EXCEPTION_REPORTER_FILTER = "havre.trust.reports.NothingPersonal"
# times, routes and opaque ids only: no SQL parameters, no form values, no local variables
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "havre.trust.reports.KindsOnly", "format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"routes": {"()": "havre.trust.reports.RoutesOnly"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["routes"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.db.backends": {"level": "WARNING"}, "axes": {"level": "ERROR"}},
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend" if not TESTING else "django.core.mail.backends.locmem.EmailBackend"
