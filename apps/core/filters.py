"""Filters that lists and their REST twins share: a range of UTC as people type it."""

from datetime import datetime

import django_filters
from django import forms
from django.utils import timezone

from apps.core.timeaxis import TimeRangeError, parse_utc


def is_key(text):
    """Whether a text is a whole number that the key of a row could be, in each database.

    >>> is_key("12"), is_key("-1"), is_key("9" * 30)
    (True, False, False)
    """
    return text.isascii() and text.isdigit() and len(text) <= 18


class InstantField(forms.CharField):
    """An instant as people type it (`2022-03-28`, `2022-03-28T10:00`, `2022/087`, `-3h`)."""

    widget = forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"})

    def __init__(self, *args, name="start", **kwargs):
        super().__init__(*args, **kwargs)
        self.name = name

    def prepare_value(self, value):
        """Show an instant as it may be typed."""
        return f"{value:%Y-%m-%dT%H:%M:%S}" if isinstance(value, datetime) else value

    def clean(self, value):
        """Return an aware datetime, or None where nothing was typed."""
        text = super().clean(value)
        try:
            return parse_utc(text, now=timezone.now(), field=self.name) if text else None
        except TimeRangeError as error:
            # As a parameter, because a sign % of what was typed would else be taken for one.
            raise forms.ValidationError("%(reason)s", params={"reason": error}) from None


class InstantFilter(django_filters.Filter):
    """Compares a time column with an instant."""

    field_class = InstantField


class IntegerFilter(django_filters.Filter):
    """Compares a column with a whole number."""

    field_class = forms.IntegerField


class NumbersInput(forms.TextInput):
    """One field for several numbers: typed with commas, or the name given several times."""

    def value_from_datadict(self, data, files, name):
        """All values of the name, joined."""
        return ",".join(data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")])


class NumbersField(forms.CharField):
    """Whole numbers such as `3, 5, 8`; at most a thousand."""

    widget = NumbersInput
    most = 1000

    def clean(self, value):
        """Return the numbers, each once."""
        parts = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        if len(parts) > self.most:
            raise forms.ValidationError(
                f"{len(parts)} numbers were given, at most {self.most} are taken; "
                "choose the rows by the other filters"
            )
        for part in parts:
            if not is_key(part):
                raise forms.ValidationError(
                    "%(part)s is not a whole number; write for instance 12, 15",
                    params={"part": repr(part[:40])},
                )
        return list(dict.fromkeys(int(part) for part in parts))


class NumbersFilter(django_filters.Filter):
    """Rows whose column has one of several whole numbers."""

    field_class = NumbersField

    def __init__(self, field_name, **options):
        super().__init__(field_name, "in", **options)


class TimeRangeForm(forms.Form):
    """A filter form whose stop, if both are given, must come after its start."""

    def clean(self):
        """Refuse a reversed or empty range at the field that people change first."""
        cleaned = super().clean()
        start, stop = cleaned.get("start"), cleaned.get("stop")
        if start and stop and stop <= start:
            self.add_error("stop", "stop is not after start; give a later stop")
        return cleaned


class InstantsForm(TimeRangeForm):
    """The two fields of the time filter."""

    start = InstantField(required=False, label="From (UTC)")
    stop = InstantField(required=False, label="Before (UTC)", name="stop")


class TimeRangeFilterSet(django_filters.FilterSet):
    """Rows that overlap a range of Solar Orbiter UTC; stop is excluded."""

    start = InstantFilter("stop", "gt", label="Start (UTC)", name="start")
    stop = InstantFilter("start", "lt", label="Stop (UTC)", name="stop")

    rare = ()
    """Names of the filters that stand behind "More filters"."""

    class Meta:
        form = TimeRangeForm


def unknown_names(given, known):
    """What is wrong with the names of a query that no filter has.

    Parameters
    ----------
    given : QueryDict
    known : iterable of str

    Returns
    -------
    dict of str to str
        Name to a sentence that lists the known ones; empty if all are known.
    """
    known = sorted(set(known))
    return {
        name: f"no filter of this list is called {name[:80]!r}; there are {', '.join(known)}"
        for name in sorted(set(given) - set(known))
    }
