"""The admin's titles, what its lists have in common, and the jobs."""

from django.contrib import admin

from apps.core.models import Job

admin.site.site_header = "STIX Data Center"
admin.site.site_title = "STIX Data Center"
admin.site.index_title = "Records of the portal (all times UTC)"
admin.site.enable_nav_sidebar = False  # its room is that of the columns of the lists


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
