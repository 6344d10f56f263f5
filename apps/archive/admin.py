"""Archive in the admin: products and their access, ingest runs, quarantine, the series store."""

from django.contrib import admin
from django.db.models import Count, Q

from apps.archive import storage
from apps.archive.ingest import change_access
from apps.archive.models import DataProduct, IngestRun, Quarantined, Series
from apps.core.admin import RecordAdmin


@admin.register(DataProduct)
class DataProductAdmin(RecordAdmin):
    """Files of the archive; only who may see them is changed here."""

    editable = ("access", "release_at")
    list_display = (
        *("name", "product_type", "level", "version_label", "start"),
        *("access", "release_at", "simulated"),
    )
    list_filter = ("access", "superseded", "simulated", "dispatched", "level", "product_type")
    search_fields = ("name", "sha256", "uid")
    date_hierarchy = "start"

    @admin.display(description="version", ordering="version")
    def version_label(self, product):
        """`V02U` and so on."""
        return product.version_label

    def get_queryset(self, request):
        """Rows without their headers; one record loads its own."""
        return super().get_queryset(request).defer("header", "report")

    def save_model(self, request, product, form, change):
        """Keep the access, in the store as well."""
        change_access(product)

    def has_delete_permission(self, request, product=None):
        """The archive forgets nothing: a file is hidden or superseded."""
        return False


@admin.register(IngestRun)
class IngestRunAdmin(RecordAdmin):
    """What each ingest did."""

    list_display = ("name", "outcome", "reason", "started_at", "took")
    list_filter = ("outcome",)
    search_fields = ("name", "reason")
    date_hierarchy = "started_at"
    raw_id_fields = ("product",)

    @admin.display(description="seconds", ordering="seconds")
    def took(self, run):
        """Hundredths are enough."""
        return f"{run.seconds:.2f}"


@admin.register(Quarantined)
class QuarantinedAdmin(RecordAdmin):
    """Refused files, each with the reason."""

    list_display = ("name", "reason", "size", "refused_at")
    search_fields = ("name", "reason", "sha256")
    date_hierarchy = "refused_at"

    def delete_model(self, request, refused):
        """Remove the file with its row."""
        super().delete_model(request, refused)
        storage.discard_quarantined(refused.path)

    def delete_queryset(self, request, refused):
        """Remove the files with their rows."""
        for record in refused:
            self.delete_model(request, record)


@admin.register(Series)
class SeriesAdmin(RecordAdmin):
    """The time series: what is stored of each."""

    list_display = ("key", "cadence_ms", "days", "generation")

    def get_queryset(self, request):
        """Series with the number of their stored days."""
        native = Count("blocks__day", filter=Q(blocks__level=0), distinct=True)
        return super().get_queryset(request).annotate(stored=native)

    @admin.display(description="stored UTC days")
    def days(self, series):
        """Days with native samples."""
        return series.stored

    def has_delete_permission(self, request, series=None):
        """Made of the archive's files; `rebuild_series` makes it anew."""
        return False
