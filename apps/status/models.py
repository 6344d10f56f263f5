"""Signs of life of the background worker."""

from django.db import models

from apps.status.managers import HeartbeatManager


class Heartbeat(models.Model):
    """When a process last showed that it works; a silent worker is seen by the age of its row."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField(help_text="UTC.")

    objects = HeartbeatManager()

    def __str__(self):
        return self.name
