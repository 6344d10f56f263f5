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
        "apps.accounts.api.TokenAuthentication",  # first: it makes a wrong token a 401
        "rest_framework.authentication.SessionAuthentication",
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
    "KNOX_TOKEN_MODEL": "accounts.Token",
    "MIGRATION_MODULES": {"knox": None},  # its own table would stand empty beside ours
    "AXES_FAILURE_LIMIT": 10,
    "AXES_COOLOFF_TIME": timedelta(minutes=15),
    "AXES_LOCKOUT_PARAMETERS": ["username", "ip_address"],
    "AXES_USERNAME_CALLABLE": "apps.accounts.managers.tried_name",
    "AXES_CLIENT_IP_CALLABLE": "apps.accounts.addresses.one_client",
    "AXES_LOCKOUT_CALLABLE": "apps.accounts.views.locked_out",
    "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
    "AXES_RESET_ON_SUCCESS": False,
    "AXES_DISABLE_ACCESS_LOG": True,
    "PASSWORD_RESET_TIMEOUT": 7 * 86_400,
    "EMAIL_TIMEOUT": 10,
}
"""A name, from all addresses together, has ten attempts in 15 minutes, and so has an address, for
all names together. Trying on does not prolong the wait, so nobody keeps another out for ever
by it; signing in does not end it, or one's own account would pay for attempts at others.
Decision 0011 has the reasons.
"""
