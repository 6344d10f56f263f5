from django.apps import AppConfig


class StatusConfig(AppConfig):
    """Whether the portal works and how fresh it is: health, coverage, the team's home."""

    name = "apps.status"
    default_auto_field = "django.db.models.BigAutoField"
