"""Forms of the curators: texts with a preview beside them, and pictures."""

import hashlib

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.files.base import ContentFile
from django.forms.widgets import Script
from django.urls import reverse_lazy

from apps.core.admin import ReasonForm
from apps.core.policy import Access
from apps.pages.models import Picture
from apps.pages.pictures import BYTES, SIDE, PictureError, decode
from apps.pages.rendering import named_pictures, render

ACCESS = (
    (Access.TEAM.value, "Draft: the team sees it as a preview"),
    (Access.EMBARGOED.value, "Scheduled: public from the date below on"),
    (Access.PUBLIC.value, "Published: everybody sees it"),
)
UNDATED = (
    "What is scheduled needs the date and time (UTC) from which everybody sees it; "
    "or make it a draft."
)
UNKNOWN_PICTURE = (
    "No picture has the name {!r}. Add it under Pictures first, or mend the name after “picture:”."
)


class MarkdownWidget(AdminTextareaWidget):
    """A tall field for Markdown; a script puts the preview below it."""

    class Media:
        css = {"all": ("portal/css/pages.css",)}
        js = (
            Script("portal/js/preview.js", type="module"),
            Script("portal/js/terms.js", type="module"),
        )

    def __init__(self, attrs=None):
        address = reverse_lazy("admin:pages_article_preview")
        super().__init__(
            {"rows": 22, "spellcheck": "true", "data-preview": address} | (attrs or {})
        )


class DeskForm(ReasonForm):
    """Words for the access levels of content; asks for the reason of changes alone."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields.pop("reason", None)
        if "access" in self.fields:
            self.fields["access"].choices = ACCESS
            self.fields["access"].help_text = ""
        if "release_at" in self.fields:
            field = self.fields["release_at"]
            field.help_text = "For what is scheduled: public from then on (UTC)."
            for part, widget in zip(("date", "time"), field.widget.widgets, strict=True):
                widget.attrs["aria-label"] = f"Release {part}, UTC"

    def clean(self):
        """What is scheduled needs its date."""
        values = super().clean()
        undated = "release_at" not in self.errors and not values.get("release_at")
        if values.get("access") == Access.EMBARGOED and undated:
            self.add_error("release_at", UNDATED)
        return values


class ContentForm(DeskForm):
    """What can go wrong while writing is said beside the field, before it is saved."""

    def clean(self):
        """A text must be one that can be laid out, and a picture that it shows must exist."""
        values = super().clean()
        body = values.get("body") or ""
        if refusal := render(body).refusal:
            self.add_error("body", refusal)
            return values
        wanted = set(named_pictures(body))
        known = Picture.objects.filter(slug__in=wanted).values_list("slug", flat=True)
        for slug in sorted(wanted - set(known)):
            self.add_error("body", UNKNOWN_PICTURE.format(slug))
        return values


class PictureForm(DeskForm):
    """A picture: what was sent is decoded, and only its pixels are kept."""

    upload = forms.FileField(
        label="Image file",
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=f"PNG, JPEG or WebP, at most {BYTES >> 20} MiB and {SIDE} pixels on a side. "
        "Notes inside the file, such as the place of a photograph, are removed.",
    )

    class Meta:
        model = Picture
        fields = ("slug", "upload", "alt", "credit", "access", "release_at")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "upload" in self.fields:
            self.fields["upload"].required = self.instance.pk is None

    def clean_upload(self):
        """Decode the file and hand its clean copy to the record."""
        upload = self.cleaned_data["upload"]
        if not upload:
            return upload
        if upload.size > BYTES:
            raise forms.ValidationError(
                f"The file has {upload.size / (1 << 20):.1f} MiB; at most {BYTES >> 20} MiB are "
                "taken. Make it smaller, then choose it again."
            )
        try:
            made = decode(upload.read())
        except PictureError as error:
            raise forms.ValidationError(str(error)) from error
        name = f"{hashlib.sha256(made.content).hexdigest()[:32]}.{made.suffix}"
        self.instance.file = ContentFile(made.content, name)
        self.instance.width, self.instance.height = made.width, made.height
        return upload
