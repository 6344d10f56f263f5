"""The REST interface: one line for each app's records, its description, and its root."""

import json
from functools import cache

from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.settings import api_settings

from apps.ancillary import api as ancillary
from apps.archive.api import DataProductViewSet
from apps.calibration.api import CalibrationRunViewSet
from apps.core import apidocs
from apps.core.openapi import PROBLEM
from apps.housekeeping.api import HousekeepingViewSet, ParameterViewSet
from apps.quicklook.api import LightCurveViewSet


@extend_schema(exclude=True)
class Root(APIRootView):
    """Where everything is."""


class Router(DefaultRouter):
    """A root that also names the description of the interface."""

    APIRootView = Root
    include_format_suffixes = False  # `?format=csv` says it; one record has one address

    def get_api_root_view(self, api_urls=None):
        """List the records, the schema and the documentation."""
        names = {prefix: f"{basename}-list" for prefix, _, basename in self.registry}
        names |= {"schema": "schema", "docs": "docs"}
        return self.APIRootView.as_view(api_root_dict=names)


router = Router()
router.register("data/products", DataProductViewSet, basename="product")
router.register("quicklook/lightcurves", LightCurveViewSet, basename="lightcurves")
router.register("ancillary/ephemeris", ancillary.EphemerisViewSet, basename="ephemeris")
router.register("ancillary/attitude", ancillary.AttitudeViewSet, basename="attitude")
router.register("ancillary/field-of-view", ancillary.FieldOfViewViewSet, basename="field-of-view")
router.register(
    "ancillary/flare-geometry", ancillary.FlareGeometryViewSet, basename="flare-geometry"
)
router.register("ancillary/scet", ancillary.ClockViewSet, basename="scet")
router.register("ancillary/kernel-sets", ancillary.KernelSetViewSet, basename="kernel-sets")
router.register("housekeeping/parameters", ParameterViewSet, basename="housekeeping-parameters")
router.register("housekeeping", HousekeepingViewSet, basename="housekeeping")
router.register("calibration/runs", CalibrationRunViewSet, basename="calibration-run")


@cache
def schema():
    """The description of the interface; the code says it, so it stays the same."""
    return SchemaGenerator().get_schema(request=None, public=True)


@require_safe
def documentation(request):
    """The description for people, made from the one for programs."""
    host = request.build_absolute_uri("/").rstrip("/")
    limits = {
        who: rate.replace("/min", " a minute")
        for who, rate in api_settings.DEFAULT_THROTTLE_RATES.items()
        if rate
    }
    context = {
        "title": "API reference",
        "resources": apidocs.resources(schema(), host),
        "walk": apidocs.walk(host + reverse("api:product-list")),
        "problem": json.dumps(PROBLEM["example"], indent=2),
        "limits": limits,
        "host": host,
    }
    return render(request, "api/docs.html", context)


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", documentation, name="docs"),
    *router.urls,
]
