"""Options of the housekeeping page, of its windows and of its data, as they stand in addresses."""

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import OptionsForm
from apps.housekeeping.managers import MOST_ROWS
from apps.housekeeping.parameters import MAXI, REPORTS, parameters, tabs

MOST_POINTS = 4000
MOST_CHOSEN = 24
UNITS = {"degC": "°C", "K": "K"}


def known(text):
    """The mnemonic as the dictionary writes it.

    Raises
    ------
    ValidationError
        If there is none of that name.
    """
    mnemonic = text.strip().upper()
    if mnemonic not in parameters():
        raise ValidationError(
            f"{text[:40]!r} is no parameter; write a mnemonic such as NIXD0023, "
            "all are listed at /housekeeping/parameters/"
        )
    return mnemonic


class MnemonicsField(forms.Field):
    """Mnemonics, repeated or joined by commas: ``parameters=NIXD0023,NIXD0003``."""

    widget = forms.SelectMultiple

    def to_python(self, value):
        """Return the mnemonics in the order given, each once."""
        texts = [text for given in value or () for text in str(given).split(",") if text.strip()]
        if len(texts) > MOST_CHOSEN:
            raise ValidationError(f"{len(texts)} parameters are too many; choose {MOST_CHOSEN}")
        return list(dict.fromkeys(known(text) for text in texts))


class MnemonicField(forms.CharField):
    """One mnemonic of a number."""

    def to_python(self, value):
        """Return it as the dictionary writes it; empty if none is given."""
        text = super().to_python(value)
        if not text:
            return ""
        mnemonic = known(text)
        if parameters()[mnemonic].kind != "number":
            raise ValidationError(f"{mnemonic} is no number; choose one to draw against")
        return mnemonic


class HousekeepingOptions(OptionsForm):
    """What is shown: a tab, or parameters of choice, and one against another."""

    tab = forms.ChoiceField(
        choices=[(tab.key, tab.title) for tab in tabs().values()],
        initial="overview",
        error_messages={
            "invalid_choice": f"tab %(value)s is unknown; write one of {', '.join(tabs())}"
        },
    )
    parameters = MnemonicsField(initial=[])
    against = MnemonicField(initial="", max_length=16)
    temperature = forms.ChoiceField(
        choices=list(UNITS.items()),
        initial="degC",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "temperature %(value)s is unknown; write degC or K"},
    )
    report = forms.ChoiceField(
        choices=list(REPORTS.items()),
        initial=MAXI,
        error_messages={
            "invalid_choice": f"report %(value)s is unknown; write {' or '.join(REPORTS)}"
        },
    )

    def clean(self):
        """Say which parameter a comparison lacks; `mnemonics` are all that are shown."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        chosen, against = cleaned["parameters"], cleaned["against"]
        if against and not chosen:
            self.add_error("against", "one parameter against another needs both; name `parameters`")
        elif against and parameters()[chosen[0]].kind != "number":
            self.add_error("parameters", f"{chosen[0]} is no number; choose one to compare")
        else:
            cleaned["mnemonics"] = tuple(chosen) or tabs()[cleaned["tab"]].mnemonics
        return cleaned


class PageOptions(HousekeepingOptions):
    """What the page is asked for: also by the number of a file."""

    file = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class WindowOptions(HousekeepingOptions):
    """What `window.bin` is asked for."""

    points = forms.IntegerField(min_value=10, max_value=MOST_POINTS, initial=1500)


class DataOptions(HousekeepingOptions):
    """What the data files are asked for."""

    points = forms.IntegerField(
        min_value=2,
        max_value=MOST_ROWS,
        help_text="Most rows: a longer range comes as mean, minimum and maximum.",
    )


class RestOptions(DataOptions):
    """What REST is asked for: the data, and the form of the answer."""

    format = forms.ChoiceField(
        choices=[("json", "JSON"), ("csv", "CSV")],
        initial="json",
        error_messages={"invalid_choice": "format %(value)s is unknown; write json or csv"},
    )
