"""Quick-look light curves: the page and its twins."""

from apps.core.views import RangePage


class LightCurves(RangePage):
    """Quick-look light curves of a time range."""

    title = "Quick-look light curves"
