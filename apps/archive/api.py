"""REST records of data products: the same filters as the page."""

from rest_framework import serializers

from apps.accounts.models import Export
from apps.archive.filters import ProductFilter
from apps.archive.models import DataProduct
from apps.core.api import UtcField, VisibleViewSet


class DataProductSerializer(serializers.ModelSerializer):
    """One file of the archive, in one version."""

    url = serializers.HyperlinkedIdentityField(
        view_name="api:product-detail", help_text="Address of this record."
    )
    page = serializers.SerializerMethodField(help_text="Page of the product for people.")
    download = serializers.SerializerMethodField(
        help_text="Address of the file; its content never changes."
    )
    provenance = serializers.SerializerMethodField(
        help_text="Page that says what the file was made from, and by which software."
    )
    version = serializers.CharField(
        source="version_label", read_only=True, help_text="V02; V02U while more may still come."
    )
    start_utc_solo = UtcField(source="start", help_text="Start of the data, UTC at Solar Orbiter.")
    stop_utc_solo = UtcField(
        source="stop", help_text="End of the data, not included, UTC at Solar Orbiter."
    )
    created_utc = UtcField(source="created", help_text="When the file was written, UTC.")
    updated_utc = UtcField(source="updated_at", help_text="Last change of this record, UTC.")
    size_bytes = serializers.IntegerField(source="size", help_text="Size of the file in bytes.")
    sha256 = serializers.CharField(help_text="SHA-256 checksum of the file, 64 hex digits.")

    class Meta:
        model = DataProduct
        fields = (
            *("id", "url", "page", "name", "product_type", "level", "version", "superseded"),
            *("start_utc_solo", "stop_utc_solo", "created_utc", "updated_utc", "uid", "sha256"),
            *("size_bytes", "simulated", "access", "download", "provenance"),
        )
        extra_kwargs = {
            "id": {"help_text": "Number of the record; it never changes."},
            "uid": {
                "help_text": "Unique id of the science request; null where there is none.",
                "min_value": 0,
            },
        }

    def get_page(self, product) -> str:
        """The page of the product."""
        return self.context["request"].build_absolute_uri(product.get_absolute_url())

    def get_download(self, product) -> str:
        """The immutable address of the file."""
        return self.context["request"].build_absolute_uri(product.get_download_url())

    def get_provenance(self, product) -> str:
        """The part of the page that tells where the file came from."""
        return f"{self.get_page(product)}#provenance"


class DataProductViewSet(VisibleViewSet):
    """Files of the archive."""

    model = DataProduct
    serializer_class = DataProductSerializer
    filterset_class = ProductFilter
    units = {
        "size_bytes": "byte", "start_utc_solo": "UTC at Solar Orbiter",
        "stop_utc_solo": "UTC at Solar Orbiter", "created_utc": "UTC", "updated_utc": "UTC",
    }  # fmt: skip

    def get_queryset(self):
        """Rows without what the records do not hold."""
        return super().get_queryset().defer("header", "report")

    def exported(self, form, number, size):
        """Note that a member of the team took a list of files that are not public."""
        request_id = getattr(self.request, "request_id", "")
        what = f"list of data products as {form}"
        Export.objects.record(self.request.user, what, number, size, request_id)
