from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """Synthetic STIX data with known truth, written as real files and taken in as real files."""

    name = "apps.simulator"
    default_auto_field = "django.db.models.BigAutoField"
