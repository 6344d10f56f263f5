from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The shared ground: time, access, registries, page kinds, jobs."""

    name = "apps.core"
    default_auto_field = "django.db.models.BigAutoField"
