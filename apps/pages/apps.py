from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Curated content: home page texts, quick links, news, articles, glossary."""

    name = "apps.pages"
    default_auto_field = "django.db.models.BigAutoField"
