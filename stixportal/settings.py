"""Settings of the portal: one file, every variable from the environment or `.env`.

README lists the variables; a test holds the two together.
"""

from pathlib import Path

import environ

from stixportal import logs, packages, security

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)

VERSION = "0.1.0"
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.ENVIRON.get("SECRET_KEY", "")  # as it is: a leading $ is no reference
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

# Where files live: archive/, quarantine/, inbox/, the SQLite database, the cache, logs.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()

# A demonstration portal takes in simulated data and marks it; a real one refuses it.
DEMO = env.bool("DEMO", default=False)
DEMO_PASSWORD = env.ENVIRON.get("DEMO_PASSWORD", "")
DEMO_ACCOUNTS = ("visitor", "team", "curator", "operator", "admin")

HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WEB_WORKERS = env.int("WEB_WORKERS", default=2)

INSTALLED_APPS = [
    "apps.core.apps.DeskConfig",
    "apps.core.apps.PeopleConfig",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_q",
    "drf_spectacular",
    "knox",
    "apps.core.apps.AttemptsConfig",
    "simple_history",
    "apps.core",
    "apps.accounts",
    "apps.search",
    "apps.archive",
    "apps.pages",
    "apps.status",
    "apps.ancillary",
    "apps.calibration",
    "apps.quicklook",
    "apps.housekeeping",
    "apps.simulator",
]

MIDDLEWARE = [
    "apps.core.middleware.RequestId",  # outermost of all: every answer has its id and its line
    "csp.middleware.CSPMiddleware",  # outermost: redirects and early refusals carry it too
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.accounts.middleware.ClientAddress",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.CompressedText",
    "apps.core.middleware.PublicInterface",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "apps.core.middleware.ReadableAddress",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.TokenDownloads",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it answers for a sign-in that was refused
]

ROOT_URLCONF = "stixportal.urls"
WSGI_APPLICATION = "stixportal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stixportal.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Two writers (web and worker) share the file: write transactions queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA mmap_size=1073741824;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a question costs 15 ms and more; answers of ours take less.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
    }
}

Q_CLUSTER = packages.QUEUE | {"workers": env.int("QUEUE_WORKERS", default=1)}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
vars().update(packages.SIGN_IN)
REST_KNOX = packages.TOKENS

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["stixportal.formats"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "stixportal" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "stixportal.finders.BokehFinder",
]
# A deployment serves what collectstatic hashed and compressed; a newcomer needs no such step.
HASHED_STATIC = env.bool("HASHED_STATIC", default=False)
WHITENOISE_USE_FINDERS = not HASHED_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

REST_FRAMEWORK = packages.REST_FRAMEWORK
SPECTACULAR_SETTINGS = packages.SCHEMA

CONTENT_SECURITY_POLICY = {"DIRECTIVES": security.DIRECTIVES}
CSRF_FAILURE_VIEW = "apps.core.views.form_refused"
# Behind TLS everything is https; a portal on plain http says so with INSECURE=1.
vars().update(security.transport(https=not (DEBUG or env.bool("INSECURE", default=False))))

LOGGING = logs.configuration(
    env.str("LOG_LEVEL", default="WARNING"), DATA_DIR / "logs", env.int("LOG_DAYS", default=30)
)

# Mail goes to the console until a server is named.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="STIX Data Center <noreply@localhost>")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")
