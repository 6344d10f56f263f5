from django.apps import AppConfig


class AncillaryConfig(AppConfig):
    """Where Solar Orbiter is and how it points: kernel sets and what they answer."""

    name = "apps.ancillary"
    verbose_name = "Orbit and pointing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Say how a decision about the active set is saved; tell the team which one answers."""
        from apps.ancillary.ingest import one_at_a_time, save_decided
        from apps.ancillary.managers import answering
        from apps.core.registry import cards, writers

        writers.register(
            "ancillary.kernelset", save_decided, title="Kernel sets", turn=one_at_a_time
        )
        cards.register(
            "kernels",
            answering,
            title="Orbit and pointing",
            audience="team",
            template="ancillary/_kernels.html",
        )
        self.register_feeds()

    def register_feeds(self):
        """Tell other pages where Solar Orbiter was, and the archive how to read aspect files."""
        from apps.ancillary import aspectfile, managers
        from apps.core.registry import facts, readers, related

        readers.register(aspectfile.ASPECT, aspectfile.READER, title="Aspect and ephemeris")
        facts.register("orbit", managers.range_facts, page="range")
        facts.register("orbit-of-file", managers.file_facts, page="product")
        related.register("orbit", managers.links, page="quicklook")
        related.register("orbit-of-file", managers.links, page="product")
