from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may sign in: invitations, sign-in, API tokens, and what the team exported."""

    name = "apps.accounts"
    default_auto_field = "django.db.models.BigAutoField"
