"""REST records of data products: the same filters as the page."""

from django.urls import reverse
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers

from apps.accounts.models import Export
from apps.archive.filters import IN_NAMES, ProductFilter
from apps.archive.models import DataProduct
from apps.archive.products import PRODUCTS
from apps.core.api import UtcField, VisibleViewSet

EXAMPLE = {
    "id": 12,
    "url": "https://stix.example.org/api/v1/data/products/12/",
    "page": "https://stix.example.org/data/products/12/",
    "name": "solo_L1_stix-ql-lightcurve_20200506_V01.fits",
    "product_type": "ql-lightcurve",
    "level": "L1",
    "version": "V01",
    "superseded": False,
    "start_utc_solo": "2020-05-06T00:00:02Z",
    "stop_utc_solo": "2020-05-07T00:00:02Z",
    "created_utc": "2021-11-09T14:29:28Z",
    "updated_utc": "2026-03-01T00:00:00Z",
    "uid": None,
    "sha256": "3b" * 32,
    "size_bytes": 745920,
    "simulated": False,
    "access": "public",
    "download": (
        "https://stix.example.org/data/files/12/solo_L1_stix-ql-lightcurve_20200506_V01.fits"
    ),
    "provenance": "https://stix.example.org/data/products/12/#provenance",
}


@extend_schema_serializer(examples=[OpenApiExample("A daily file", EXAMPLE)])
class DataProductSerializer(serializers.ModelSerializer):
    """One file of the archive, in one version."""

    url = serializers.SerializerMethodField(help_text="Address of this record.")
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
            "level": {"help_text": "Processing level: L0, L1, L1A, L2, …"},
            "uid": {
                "help_text": "Unique id of the science request; null where there is none.",
                "min_value": 0,
            },
        }

    def get_url(self, product) -> str:
        """The address of the record, whatever form the list had."""
        return self.context["request"].build_absolute_uri(
            reverse("api:product-detail", args=[product.pk])
        )

    def get_page(self, product) -> str:
        """The page of the product."""
        return self.context["request"].build_absolute_uri(product.get_absolute_url())

    def get_download(self, product) -> str:
        """The immutable address of the file."""
        return self.context["request"].build_absolute_uri(product.get_download_url())

    def get_provenance(self, product) -> str:
        """The part of the page that tells where the file came from."""
        return f"{self.get_page(product)}#provenance"


INSTANT = "`2022-03-28`, `2022-03-28T10:00`, `2022/087` or `-3h`, UTC at Solar Orbiter"


@extend_schema(tags=["Data products"])
@extend_schema_view(
    list=extend_schema(
        summary="Files of the archive, newest first",
        parameters=[
            OpenApiParameter("start", description=f"Files that end after it: {INSTANT}."),
            OpenApiParameter("stop", description=f"Files that begin before it: {INSTANT}."),
            OpenApiParameter(
                "type",
                description="Product type, or the first word of several: `ql`, `sci`.",
                examples=[OpenApiExample(key, key) for key in list(PRODUCTS)[:3]],
            ),
            OpenApiParameter("name", description=IN_NAMES),
            OpenApiParameter("uid", int, description="Unique id of a science request."),
            OpenApiParameter(
                "updated_after",
                description=(
                    "Records that changed, or became public, after this time (UTC of the server). "
                    "A mirror gives the time at which its last walk began, less ten minutes: "
                    "what is being written meanwhile shows when it is complete."
                ),
            ),
        ],
        extensions={
            "x-example": {
                "query": "start=2020-05-06&stop=2020-05-07",
                "python": (
                    'for record in answer["results"]:\n'
                    '    print(record["name"], record["size_bytes"], record["sha256"])'
                ),
            }
        },
    ),
    retrieve=extend_schema(summary="One file"),
)
class DataProductViewSet(VisibleViewSet):
    """Files of the archive."""

    model = DataProduct
    serializer_class = DataProductSerializer
    filterset_class = ProductFilter
    units = {"size_bytes": "byte"}

    def get_queryset(self):
        """Rows without what the records do not hold."""
        return super().get_queryset().defer("header", "report")

    def exported(self, form, number, size):
        """Note that a member of the team took a list of files that are not public."""
        what = f"list of data products as {form}"
        Export.objects.record(self.request.user, what, number, size, self.request_id)
