"""Orbit, pointing and light time: the three pages."""

from urllib.parse import urlencode

from django.urls import reverse

from apps.ancillary import (
    coverage,
    flaredrawing,
    orbitdrawing,
    plots,
    questions,
    summary,
    viewdrawing,
)
from apps.ancillary.answers import instants
from apps.ancillary.feeds import UNANSWERED, AncillaryRange, attitude_of, span_parameters, view_of
from apps.ancillary.forms import (
    FRAMES,
    MOST_POINTS,
    AttitudeOptions,
    ClockForm,
    EphemerisOptions,
    FlareForm,
    InstantForm,
    PointsOptions,
)
from apps.ancillary.geometry import OffDisc, Uncovered
from apps.core.managers import is_team
from apps.core.registry import related
from apps.core.timeaxis import from_ms, iso, to_ms
from apps.core.views import OldAddress, RangePage

TABS = (
    ("ancillary:ephemeris", "Solar Orbiter ephemeris"),
    ("ancillary:pointing", "Pointing and orientation"),
    ("ancillary:light-time", "Light time and relative angle"),
)
DOWNLOADS = {
    "csv": ("CSV", "The numbers as comma-separated values"),
    "json": ("JSON", "The numbers for programs"),
    "py": ("Python", "A program that fetches the same numbers"),
}


class AncillaryPage(AncillaryRange, RangePage):
    """A tab; subclasses give `title`, `crumb` and `content(span)` for a covered range."""

    crumb = ""
    status = 200

    def context(self):
        """What all tabs show, and what is missing where there is no orbit."""
        if self.geometry is None:
            return {"absent": self.absent}
        provenance = self.geometry.provenance
        shared = {"provenance": provenance, "coverage": self.covered}
        shown = coverage.shown(self.span, self.covered)
        try:
            if shown is not None:
                return shared | {"clipped": shown != self.span} | self.content(shown)
            self.geometry.ephemeris([self.span.start_ms])
        except Uncovered as error:
            shared["uncovered"] = str(error)
        return shared | {"nearest": coverage.nearest(self.span, self.covered)}

    def page(self, context, status=None):
        """Show it with the tabs."""
        here = self.request.resolver_match.view_name
        tabs = [
            {"href": reverse(name), "title": title, "current": name == here} for name, title in TABS
        ]
        shared = {"tabs": tabs, "crumb": self.crumb, "most_points": MOST_POINTS}
        return super().page(shared | context, status or self.status)

    def links(self):
        """Where else one finds the range: (title, address)."""
        query = urlencode(span_parameters(self.span), safe=":")
        found = [("All data products of this range", f"{reverse('archive:products')}?{query}")]
        for entry in related.open_to(is_team(self.request.user)):
            if entry.options.get("page") == "ancillary":
                found += entry.provide(self.span, self.request.user)
        return found

    def kept(self, *own):
        """The parameters of the address beside those of a form on the page."""
        return [pair for pair in self.request.GET.items() if pair[0] not in own]


class Ephemeris(AncillaryPage):
    """Where Solar Orbiter is."""

    title = "Solar Orbiter ephemeris"
    crumb = "Ephemeris"
    template_name = "ancillary/ephemeris.html"
    options_form = EphemerisOptions

    def content(self, span):
        """The drawing, the facts, the table, and what the script needs."""
        points = self.options["points"]
        found = self.geometry.ephemeris(instants(span.start_ms, span.stop_ms, points))
        middle = self.geometry.ephemeris([to_ms(span.middle)])
        events = self.geometry.events(span.start_ms, span.stop_ms)
        return {
            "orbit": self.orbit(span),
            "middle": {"instant": from_ms(middle.time_ms[0])},
            "groups": summary.grouped(middle),
            "events": [{"instant": from_ms(at), "words": words} for at, _, words, _ in events],
            "panels": plots.EPHEMERIS,
            "columns": summary.TABLE,
            "rows": summary.table_rows(found),
            "definitions": [(one.title, f"{one.note} ({one.unit})") for one in plots.EPHEMERIS],
            "links": self.links(),
            "downloads": downloads("ephemeris", span, points=points),
        }

    def orbit(self, span):
        """The drawing, with enough of a trail where the range is short."""
        trail = coverage.shown(orbitdrawing.trail_of(span), self.covered)
        return orbitdrawing.of_range(
            self.geometry, trail.start_ms, trail.stop_ms, at=span.middle
        )  # fmt: skip


class Pointing(AncillaryPage):
    """How STIX points."""

    title = "Pointing and orientation"
    crumb = "Pointing"
    template_name = "ancillary/pointing.html"
    options_form = AttitudeOptions

    def content(self, span):
        """The field of view at a time, where the attitude comes from, and both clocks."""
        time_form = bound(InstantForm, self.request, time=iso(span.middle))
        at = self.instant(time_form) or to_ms(span.middle)
        view = self.view_at(time_form, at) or self.view(to_ms(span.middle))
        attitude = attitude_of(self.geometry, span, self.options, self.request.user)
        sources = [one for one in plots.SOURCES if one in set(map(str, attitude.source))]
        return {
            "view": viewdrawing.described(view),
            "drawing": viewdrawing.drawing(view),
            "time_form": time_form,
            "frames": FRAMES,
            "sources": [{"key": one, "words": plots.SOURCE_WORDS[one]} for one in sources],
            "only_nominal": sources == ["nominal"],
            "sentence": summary.attitude_sentence(attitude),
            "kept_for_time": self.kept("time"),
            "links": self.links(),
            "downloads": downloads("attitude", span, **self.options, nominal="yes"),
            **self.clock(span),
        }

    def instant(self, form):
        """Milliseconds of the time that was typed; None if there is none to be read."""
        return to_ms(form.cleaned_data["time"]) if form.is_bound and form.is_valid() else None

    def view(self, time_ms):
        """The field of view at an instant."""
        return view_of(self.geometry, time_ms, self.request.user)

    def view_at(self, form, at):
        """The field of view, or None with the field marked where the orbit is not known."""
        if form.is_bound and not form.is_valid():
            self.status = 400
            return None
        try:
            return self.view(at)
        except Uncovered as error:
            self.status = 400
            form.add_error("time", str(error))
            return None

    def clock(self, span):
        """The converter between the clock on board and UTC."""
        form = bound(ClockForm, self.request, utc=iso(span.middle))
        found = {"clock_form": form, "kept_for_clock": self.kept("utc", "scet")}
        if not form.is_bound:
            return found | {"clock": self.both_clocks(form, to_ms(span.middle), "")}
        if not form.is_valid():
            self.status = 400
            return found
        utc, scet = form.cleaned_data["utc"], form.cleaned_data["scet"]
        return found | {"clock": self.both_clocks(form, utc and to_ms(utc), scet)}

    def both_clocks(self, form, time_ms, scet):
        """One instant on both clocks; None with the field marked where it cannot be told."""
        try:
            found = questions.clock(self.geometry, time_ms=time_ms, scet=scet).body
        except UNANSWERED as error:
            if form.is_bound:
                self.status = 400
                form.add_error("scet" if scet else "utc", str(error))
            return None
        return {"utc": found["utc_solo"], "scet": found["scet"]}


class LightTime(AncillaryPage):
    """When and at which angle a place on the Sun is seen from the Earth and by STIX."""

    title = "Light time and relative angle"
    crumb = "Light time"
    template_name = "ancillary/light_time.html"
    options_form = PointsOptions

    def content(self, span):
        """The calculator, and its answer."""
        form = bound(FlareForm, self.request, time=iso(span.middle), x=0, y=0, observer="earth")
        shared = {
            "form": form,
            "kept_for_flare": self.kept(*form.fields),
            "links": self.links(),
        }
        if form.is_bound and not form.is_valid():
            self.status = 400
            return shared
        asked = form.cleaned_data if form.is_bound else form.initial | {"time": span.middle}
        try:
            place = asked["x"], asked["y"], asked["observer"]
            found = self.geometry.flare(to_ms(asked["time"]), *place)
        except (Uncovered, OffDisc) as error:
            self.status = 400
            form.add_error("x" if isinstance(error, OffDisc) else "time", str(error))
            return shared
        query = urlencode(asked | {"time": iso(asked["time"])}, safe=":")
        return shared | {
            "answer": summary.flare_answer(found),
            "drawing": flaredrawing.drawing(found),
            "discs": flaredrawing.discs(found),
            "downloads": [
                (f"{reverse('api:flare-geometry-list')}?{query}&format={kind}", *DOWNLOADS[kind])
                for kind in ("csv", "json")
            ],
        }


class OldAncillary(OldAddress):
    """The page of the old portal."""

    pattern_name = "ancillary:ephemeris"


def bound(form_class, request, **initial):
    """A form of the page, filled from the address if one of its fields stands there."""
    given = any(request.GET.get(name) for name in form_class.base_fields)
    values = request.GET if given else None
    return form_class(values, initial=initial)


def downloads(name, span, **options):
    """Files with the numbers of a page: (address, label, note)."""
    query = urlencode(span_parameters(span) | options, safe=":")
    return [
        (f"{reverse(f'ancillary:{name}-{form}')}?{query}", label, note)
        for form, (label, note) in DOWNLOADS.items()
    ]
