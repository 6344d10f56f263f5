"""The admin's titles, what its lists and forms have in common, and the jobs."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from simple_history.admin import SimpleHistoryAdmin

from apps.core.models import Job

admin.site.site_header = "STIX Data Center"
admin.site.site_title = "STIX Data Center"
admin.site.index_title = "Records of the portal (all times UTC)"
admin.site.enable_nav_sidebar = False  # its room is that of the columns of the lists


class ReasonForm(forms.ModelForm):
    """A form of the admin that asks why something is changed."""

    reason = forms.CharField(
        label="Reason for the change",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="One sentence for those who come after; kept with who changed it, and when.",
    )


class ReasonedAdmin(admin.ModelAdmin):
    """A change form whose last field is the reason; a new record needs none."""

    form = ReasonForm

    def get_fields(self, request, record=None):
        """The fields of the record alone."""
        return [name for name in super().get_fields(request, record) if name != "reason"]

    def get_fieldsets(self, request, record=None):
        """The record's own fields, then the reason where something can be changed."""
        fieldsets = list(super().get_fieldsets(request, record))
        asks = record is not None and self.has_change_permission(request, record)
        if asks and "reason" not in flatten_fieldsets(fieldsets):
            fieldsets.append((None, {"fields": ["reason"]}))
        return fieldsets

    def get_form(self, request, record=None, change=False, **options):
        """The form, without the reason where it is not shown."""
        form = super().get_form(request, record, change, **options)
        if "fields" not in options and "reason" not in flatten_fieldsets(
            self.get_fieldsets(request, record)
        ):
            form.base_fields.pop("reason", None)
        return form


class CuratedAdmin(ReasonedAdmin, SimpleHistoryAdmin):
    """Records that people write: each change is kept with its author and reason.

    For models that derive from `core.models.Curated`.
    """

    list_per_page = 50
    show_full_result_count = False

    def save_model(self, request, record, form, change):
        """Keep the reason with the change."""
        record._change_reason = form.cleaned_data.get("reason", "")
        super().save_model(request, record, form, change)


class RecordAdmin(admin.ModelAdmin):
    """Records that programs made: people read them, and change only what is named `editable`."""

    editable = ()
    list_per_page = 50
    show_full_result_count = False

    def get_readonly_fields(self, request, record=None):
        """Everything that is computed."""
        return [field.name for field in self.opts.fields if field.name not in self.editable]

    def has_add_permission(self, request):
        """Records come from files and tasks, not from forms."""
        return False

    def has_change_permission(self, request, record=None):
        """Without a field to change there is nothing to save."""
        return bool(self.editable) and super().has_change_permission(request, record)


@admin.register(Job)
class JobAdmin(RecordAdmin):
    """Long work: what waits, runs, failed."""

    editable = ("access", "release_at", "cancel_requested")
    list_display = ("kind", "state", "step", "progress", "attempt", "created_at", "changed_at")
    list_filter = ("state", "kind")
    date_hierarchy = "created_at"
