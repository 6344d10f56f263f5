"""API tokens, and what the team took out of the portal."""

from django.conf import settings
from django.db import models
from knox.models import AbstractAuthToken

from apps.accounts.managers import ExportQuerySet, TokenManager


class Token(AbstractAuthToken):
    """An API token with a name: its owner knows which one to revoke."""

    name = models.CharField(max_length=60, help_text="What it is for.")
    ending = models.CharField(max_length=4, help_text="Its last characters.")

    objects = TokenManager()

    class Meta:
        ordering = ["-created"]

    def __str__(self):
        return f"{self.name} of {self.user}"


class Export(models.Model):
    """One export by a member of the team: who took how much of what, and when."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="exports",
        help_text="Whoever exported; such an account is deactivated, never deleted.",
    )
    what = models.CharField(max_length=200, help_text="Name of the file or of the list.")
    number = models.PositiveIntegerField(help_text="Number of records or files.")
    size = models.PositiveBigIntegerField(help_text="Size in bytes.")
    request_id = models.CharField(
        max_length=64, blank=True, help_text="The same identifier as in the log."
    )
    at = models.DateTimeField(auto_now_add=True, db_index=True, help_text="When (UTC, Earth).")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.what} by {self.user}"
