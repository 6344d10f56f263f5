"""The orbit of Solar Orbiter for any page: `{% orbit span %}`."""

from django import template

from apps.ancillary import coverage, orbitdrawing
from apps.ancillary.geometry import Uncovered
from apps.ancillary.managers import NoKernels
from apps.ancillary.models import KernelSet

register = template.Library()


@register.inclusion_tag("component/orbit_widget.html")
def orbit(span):
    """The orbit about a range as a drawing with its sentence; nothing where it is not known.

    Parameters
    ----------
    span : TimeRange
        The spacecraft is drawn at its middle, with the trail of the range, or of 90 days about it
        where the range is shorter.
    """
    try:
        geometry = KernelSet.objects.geometry()
        provenance = geometry.provenance
        known = coverage.covered(provenance)
        trail = coverage.shown(orbitdrawing.trail_of(span), known)
        if trail is None or not known.start <= span.middle < known.stop:
            return {}
        drawn = orbitdrawing.of_range(geometry, trail.start_ms, trail.stop_ms, at=span.middle)
    except (NoKernels, Uncovered):
        return {}
    return {"orbit": drawn, "provenance": provenance, "span": span}
