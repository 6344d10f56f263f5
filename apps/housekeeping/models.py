"""States that were seen in files and that the dictionary does not know."""

from django.db import models

from apps.housekeeping.managers import UnknownStateQuerySet


class UnknownState(models.Model):
    """The code under which the store keeps a state that the dictionary lacks.

    It belongs to nobody's data: a page shows its text only where a sample that the viewer may see
    has its code.
    """

    mnemonic = models.CharField(max_length=16, help_text="Parameter, e.g. NIXD0023.")
    code = models.PositiveSmallIntegerField(help_text="Code in the store, 40 to 61.")
    text = models.CharField(max_length=64, help_text="As it stands in the file.")
    first_file = models.CharField(max_length=200, help_text="File in which it was first seen.")

    objects = UnknownStateQuerySet.as_manager()

    class Meta:
        ordering = ("mnemonic", "code")
        constraints = [
            models.UniqueConstraint(
                fields=["mnemonic", "text"], name="housekeeping_unknown_state_once"
            ),
            models.UniqueConstraint(
                fields=["mnemonic", "code"], name="housekeeping_unknown_code_once"
            ),
        ]

    def __str__(self):
        return f"{self.mnemonic}: {self.text}"
