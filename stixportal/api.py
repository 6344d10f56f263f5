"""The REST interface: one line for each app's records."""

from rest_framework.routers import DefaultRouter

from apps.archive.api import DataProductViewSet
from apps.quicklook.api import LightCurveViewSet

router = DefaultRouter()
router.register("data/products", DataProductViewSet, basename="product")
router.register("quicklook/lightcurves", LightCurveViewSet, basename="lightcurves")
