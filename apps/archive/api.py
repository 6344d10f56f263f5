"""REST records of data products: the same filters as the page."""

from rest_framework import serializers

from apps.archive.filters import ProductFilter
from apps.archive.models import DataProduct
from apps.core.api import VisibleViewSet
from apps.core.timeaxis import iso


class UtcField(serializers.Field):
    """An instant as ISO 8601 with Z, milliseconds only where there are any."""

    def to_representation(self, value):
        """Write it."""
        return iso(value)


class DataProductSerializer(serializers.ModelSerializer):
    """One file of the archive."""

    url = serializers.HyperlinkedIdentityField(view_name="api:product-detail")
    page = serializers.SerializerMethodField()
    download = serializers.SerializerMethodField()
    version = serializers.CharField(source="version_label")
    start_utc_solo = UtcField(source="start")
    stop_utc_solo = UtcField(source="stop")
    created_utc = UtcField(source="created")
    size_bytes = serializers.IntegerField(source="size")

    class Meta:
        model = DataProduct
        fields = (
            *("id", "url", "page", "name", "product_type", "level", "version", "superseded"),
            *("start_utc_solo", "stop_utc_solo", "created_utc", "uid", "sha256", "size_bytes"),
            *("simulated", "access", "download"),
        )

    def get_page(self, product):
        """The page of the product."""
        return self.context["request"].build_absolute_uri(product.get_absolute_url())

    def get_download(self, product):
        """The immutable address of the file."""
        return self.context["request"].build_absolute_uri(product.get_download_url())


class DataProductViewSet(VisibleViewSet):
    """Files of the archive."""

    model = DataProduct
    serializer_class = DataProductSerializer
    filterset_class = ProductFilter

    def get_queryset(self):
        """Rows without what the records do not hold."""
        return super().get_queryset().defer("header", "report")

    def filter_queryset(self, queryset):
        """A record has its address whatever its version; only the list is filtered."""
        return queryset if self.detail else super().filter_queryset(queryset)
