from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Curated content: home page texts, quick links, news, articles, glossary."""

    name = "apps.pages"
    verbose_name = "Content"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Answer the search box."""
        from apps.core import registry
        from apps.pages.managers import find

        registry.search.register("content", find, title="Documentation, news and glossary")
