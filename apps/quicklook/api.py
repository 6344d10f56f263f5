"""REST twin of the light-curve page."""

from rest_framework import viewsets
from rest_framework.response import Response


class LightCurveViewSet(viewsets.ViewSet):
    """Samples of the light curves in a time range."""

    def list(self, request):
        """Samples in the range."""
        return Response({})
