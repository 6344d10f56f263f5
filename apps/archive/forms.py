"""What curators are asked about files of the archive."""

from django import forms
from django.utils import timezone

from apps.core.filters import InstantField
from apps.core.forms import DecisionForm, ReasonForm
from apps.core.models import Restricted
from apps.core.policy import Access


class Embargo(forms.Form):
    """The end of an embargo, typed in UTC, beside the level of access."""

    release_at = InstantField(
        name="release_at",
        required=False,
        label="End of the embargo (UTC)",
        help_text="For an embargo only, such as 2027-03-01T12:00: from then on everyone sees it.",
    )

    def clean(self):
        """An embargo has an end to come; the other levels have none."""
        answers = super().clean()
        if not {"release_at", "access"}.isdisjoint(self.errors):
            return answers
        ends = answers.get("release_at")
        if answers["access"] != Access.EMBARGOED:
            answers["release_at"] = None
        elif ends is None:
            self.add_error("release_at", "an embargo needs its end; give a date to come")
        elif ends <= timezone.now():
            self.add_error("release_at", f"{ends:%Y-%m-%d %H:%M} is past; give a date to come")
        return answers


class AccessForm(Embargo, DecisionForm):
    """Who may see the chosen files: everyone, everyone from a date on, or the team."""

    access = forms.ChoiceField(
        label="Who may see them",
        choices=Restricted._meta.get_field("access").choices,
        widget=forms.RadioSelect,
    )

    field_order = ("access", "release_at", "reason")


class ProductForm(Embargo, ReasonForm):
    """Who may see one file."""
