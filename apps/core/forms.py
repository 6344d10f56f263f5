"""Options of a page as a form: defaults when absent, an error that names the field when wrong."""

from django import forms


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
