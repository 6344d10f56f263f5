"""The REST interface: one line for each app's records."""

from rest_framework.routers import DefaultRouter

from apps.archive.api import DataProductViewSet
from apps.quicklook.api import LightCurveViewSet

router = DefaultRouter()
router.include_format_suffixes = False  # `?format=csv` says it; one record has one address
router.register("data/products", DataProductViewSet, basename="product")
router.register("quicklook/lightcurves", LightCurveViewSet, basename="lightcurves")
