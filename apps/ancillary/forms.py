"""The form by which curators add kernels."""

from django import forms

from apps.ancillary.kernelset import ENDINGS, NAME, kind_of

UPLOAD_BYTES = 512 << 20
"""Bytes that one upload may have; larger sets are added with `manage.py kernels add`."""

UPLOAD_FILES = 90
"""Files of one upload: the web server refuses forms of more than a hundred."""


class KernelFilesInput(forms.FileInput):
    """A field for several files at once."""

    allow_multiple_selected = True


class KernelFilesField(forms.FileField):
    """Several files, each with the name of a kernel."""

    widget = KernelFilesInput(attrs={"multiple": True, "accept": ",".join(ENDINGS)})

    def clean(self, data, initial=None):
        """Every file on its own, then their number, names and sizes.

        Raises
        ------
        ValidationError
            Naming each file that is no kernel by its name, is there twice, or is empty.
        """
        given = (data if isinstance(data, list) else [data]) or [None]
        files = [super(KernelFilesField, self).clean(one, initial) for one in given]
        faults = [_fault(one.name) for one in files]
        names = [one.name for one in files]
        faults += [f"{name}: chosen twice" for name in set(names) if names.count(name) > 1]
        size = sum(one.size for one in files)
        if len(files) > UPLOAD_FILES or size > UPLOAD_BYTES:
            faults.append(
                f"{len(files)} files of {size / 2**20:.0f} MiB; at most {UPLOAD_FILES} files and "
                f"{UPLOAD_BYTES >> 20} MiB are taken here. Use manage.py kernels add"
            )
        if any(faults):
            raise forms.ValidationError([fault for fault in faults if fault])
        return files


def _fault(name):
    """What is wrong with the name of a file; empty if nothing."""
    if not kind_of(name):
        return f"{name}: no kernel by its name, which ends in one of {', '.join(ENDINGS)}"
    if not NAME.fullmatch(name):
        return f"{name}: not a plain name of letters, digits, . _ + and -"
    return ""


class KernelUploadForm(forms.Form):
    """Files of one set, its name where no metakernel gives it, and a note."""

    files = KernelFilesField(
        label="Kernels",
        help_text="All files of the set at once, best with the metakernel (*.tm), which gives the "
        "order and the version. What is missing of leap seconds, frames, constants and planets is "
        "added by the portal. "
        f"At most {UPLOAD_FILES} files and {UPLOAD_BYTES >> 20} MiB.",
    )
    name = forms.CharField(
        max_length=120, required=False, help_text="Used where no metakernel states the version."
    )
    note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="For the team: where the files came from, what for.",
    )

    @property
    def uploads(self):
        """Name to temporary file, or content, of what was sent."""
        return {one.name: one for one in self.cleaned_data["files"]}
