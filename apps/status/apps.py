from django.apps import AppConfig


class StatusConfig(AppConfig):
    """Whether the portal works and how fresh it is: health, coverage, the team's home."""

    name = "apps.status"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Fill the first places of the team's home; let a worker beat as soon as it is up."""
        from django_q.signals import post_spawn

        from apps.core.registry import cards
        from apps.status import managers
        from apps.status.tasks import first_beat

        post_spawn.connect(first_beat)

        for key, card, title in (
            ("newest-files", managers.newest_files, "Newest files"),
            ("failed-ingests", managers.failed_ingests, "Failed ingests"),
            ("jobs", managers.jobs, "Jobs"),
            ("freshness", managers.newest_data, "Freshness"),
        ):
            template = f"status/_{key.replace('-', '_')}.html"
            cards.register(key, card, title=title, audience="team", template=template)
