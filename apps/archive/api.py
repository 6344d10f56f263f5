"""REST records of data products."""

from rest_framework import serializers

from apps.archive.models import DataProduct
from apps.core.api import VisibleViewSet


class DataProductSerializer(serializers.ModelSerializer):
    """One file of the archive."""

    class Meta:
        model = DataProduct
        fields = ("id", "name")


class DataProductViewSet(VisibleViewSet):
    """Files of the archive."""

    model = DataProduct
    serializer_class = DataProductSerializer
