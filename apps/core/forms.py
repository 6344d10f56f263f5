"""Forms that pages share: options with defaults, and the reason that curators give."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.timeaxis import TimeRangeError, parse_utc


def reason_field():
    """Why something is changed: asked wherever curators change what others see."""
    return forms.CharField(
        label="Reason for the change",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="One sentence for those who come after; kept with who changed it, and when.",
    )


class ReasonForm(forms.ModelForm):
    """A form of the admin that asks why something is changed."""

    reason = reason_field()


class DecisionForm(forms.Form):
    """What a curator is asked before an action: the reason, and what subclasses add."""

    reason = reason_field()


class OptionsForm(forms.Form):
    """Options in the address. Every field is optional and has an `initial` value."""

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        for field in self.fields.values():
            field.required = False

    def clean(self):
        """Put the initial value where nothing was given."""
        cleaned = super().clean()
        for name, field in self.fields.items():
            if cleaned.get(name) in (None, "", []) and name not in self.errors:
                given = self.add_prefix(name) in self.data
                if not (given and isinstance(field, forms.MultipleChoiceField)):
                    cleaned[name] = self.get_initial_for_field(field, name)
        return cleaned


class NamesField(forms.Field):
    """Names out of a list, repeated or joined by commas: ``panels=trig,rcr``.

    Parameters
    ----------
    names : callable
        Gives the names that are accepted.
    """

    widget = forms.SelectMultiple

    def __init__(self, names, **kwargs):
        self.names = names
        super().__init__(**kwargs)

    def to_python(self, value):
        """Return the names in the order given; None if the parameter is absent."""
        if not value:
            return None
        wanted = [name for text in value for name in str(text).split(",") if name]
        known = list(self.names())
        for name in wanted:
            if name not in known:
                raise ValidationError(
                    f"{name[:40]!r} is not among {', '.join(known)}; leave it out"
                )
        return list(dict.fromkeys(wanted))


class InstantField(forms.Field):
    """An instant as people type it, UTC; see `core.timeaxis.parse_utc`.

    Parameters
    ----------
    name : str
        Of the parameter, for the error.
    """

    def __init__(self, name, **kwargs):
        self.name = name
        widget = forms.TextInput({"class": "mono", "maxlength": 40, "spellcheck": "false"})
        missing = {"required": f"give {name} in UTC, for instance 2022-03-28T18:30"}
        super().__init__(widget=widget, error_messages=missing, **kwargs)

    def to_python(self, value):
        """Read it; None where nothing was given."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_utc(text, now=timezone.now(), field=self.name)
        except TimeRangeError as error:
            raise ValidationError(str(error)) from error
