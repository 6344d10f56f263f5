"""The search box as a form."""

from django import forms

from apps.search.phrases import LONGEST


class SearchForm(forms.Form):
    """One phrase. An empty one is no error: the page then says what can be searched."""

    q = forms.CharField(
        label="A time, an id, a file name or a word",
        max_length=LONGEST,
        required=False,
        error_messages={
            "max_length": f"This is longer than {LONGEST} letters (%(show_value)d); "
            "type an id, a file name, a date or a word"
        },
    )
