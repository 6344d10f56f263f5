"""Forms that pages share: options with defaults, and the reason that curators give."""

from django import forms


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
