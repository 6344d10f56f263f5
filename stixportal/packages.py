"""How the packages behave that Django does not bring: nothing here depends on the environment."""

from datetime import timedelta

QUEUE = {
    "name": "stix",
    "orm": "default",
    "bulk": 1,
    "queue_limit": 1,
    "timeout": 600,
    "retry": 900,
    "save_limit": 500,
    "catch_up": False,
    "label": "Queue",
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "knox.auth.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "stixportal.interface.Negotiation",
    "DEFAULT_THROTTLE_CLASSES": ["stixportal.interface.Limit"],
    "DEFAULT_THROTTLE_RATES": {"anonymous": "300/min", "account": "1200/min"},
    "NUM_PROXIES": 0,  # the address of a request is settled before REST sees it
    "EXCEPTION_HANDLER": "apps.core.api.problem",
}

SCHEMA = {
    "TITLE": "STIX Data Center",
    "DESCRIPTION": "Records and files of the X-ray imaging spectrometer STIX on Solar Orbiter.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["apps.core.openapi.complete"],
}

TOKENS = {"TOKEN_TTL": timedelta(days=365), "AUTO_REFRESH": False, "TOKEN_PREFIX": "stix_"}

SIGN_IN = {
    "AXES_FAILURE_LIMIT": 8,
    "AXES_COOLOFF_TIME": timedelta(minutes=15),
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
}
"""How many attempts a name and an address together have; see `apps.accounts`."""
