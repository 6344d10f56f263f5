from django.apps import AppConfig


class SearchConfig(AppConfig):
    """One search box for everything that the apps register."""

    name = "apps.search"
    default_auto_field = "django.db.models.BigAutoField"
