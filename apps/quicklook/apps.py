from django.apps import AppConfig


class QuicklookConfig(AppConfig):
    """Quick-look data: light curves, background, spectra, variance, flare flag."""

    name = "apps.quicklook"
    default_auto_field = "django.db.models.BigAutoField"
