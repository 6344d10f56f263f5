"""Calibration: the table of runs, one run with its pixels, its numbers as files, its report."""

import orjson
from django.core.cache import cache
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views import View
from django.views.decorators.http import require_safe

from apps.accounts.models import Export
from apps.calibration import exports, pixelpanel, plots, transmission
from apps.calibration.filters import CalibrationRunFilter
from apps.calibration.forms import RunOptions, TransmissionOptions
from apps.calibration.models import CalibrationRun, PixelCalibration
from apps.calibration.quantities import QUANTITIES, good_values, switched_off
from apps.calibration.tables import CalibrationRunTable
from apps.core import requestid
from apps.core.api import problem_response
from apps.core.detectorview import detector_view
from apps.core.policy import Access, may_see
from apps.core.templatetags.portal import duration, number, utc
from apps.core.timeaxis import TimeRange
from apps.core.views import ListPage, OldAddress, RecordPage

JSON = "application/json"


class Runs(ListPage):
    """The table of calibration runs."""

    template_name = "calibration/runs.html"
    title = "Calibration runs"
    model = CalibrationRun
    table_class = CalibrationRunTable
    filterset_class = CalibrationRunFilter

    def get_queryset(self):
        """Rows with what the table shows of others."""
        rows = super().get_queryset().select_related("product")
        return rows.prefetch_related("subspectra")

    def nearest(self, query, form):
        """The run nearest in time to a range without any, by the other filters."""
        start, stop = form.cleaned_data.get("start"), form.cleaned_data.get("stop")
        for name in ("start", "stop"):
            query.pop(name, None)
        rows = self.filterset_class(query, queryset=self.get_queryset(), request=self.request).qs
        before = start and rows.filter(stop__lte=start).order_by("-start", "-id").first()
        after = stop and rows.filter(start__gte=stop).order_by("start", "id").first()
        found = before or after
        return found and TimeRange(found.start, found.stop)


def visible(request):
    """Runs this viewer may see, with their files."""
    return CalibrationRun.objects.visible_to(request.user).select_related("product", "job")


def results_of(request, run):
    """Results of a run as arrays, None before its calibration."""
    return PixelCalibration.objects.visible_to(request.user).arrays(run)


def picture(run, arrays, show, counts, other=None, chosen=None):
    """The detector view of one quantity, or of its difference to another run."""
    quantity = QUANTITIES[show]
    masked = switched_off(run.detector_mask, run.pixel_mask)
    if show == "counts":
        values = counts.sum(axis=2, dtype="f8")
    else:
        values = good_values(arrays[quantity.field], arrays["quality"])
    title, scale = quantity.title, quantity.scale
    if other is not None:
        other_run, other_values = other
        values, scale = values - other_values, "difference"
        title = f"{title}, run {run.pk} minus run {other_run.pk}"
    return detector_view(
        values,
        chosen=chosen,
        title=title,
        unit=quantity.unit,
        kind=scale,
        digits=quantity.digits,
        masked=masked,
    )


class Run(RecordPage):
    """One run: what was set, the detector view, the spectrum and the results of a pixel."""

    model = CalibrationRun
    template_name = "calibration/run.html"

    def get_queryset(self):
        """Runs with their files and jobs."""
        return visible(self.request)

    def get(self, request, *args, **kwargs):
        """Show the run; what cannot be read of the options is marked, the rest as usual."""
        self.object = self.get_object()
        self.form = RunOptions(request.GET)
        self.usual = RunOptions({})
        wrong = not self.form.is_valid()
        self.usual.is_valid()
        self.options = (self.usual if wrong else self.form).cleaned_data
        context = self.get_context_data(object=self.object)
        status = 400 if self.form.errors else 200
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs):
        """Everything the page shows."""
        run, options = self.object, self.options
        spectra = run.spectra.counts
        arrays = results_of(self.request, run)
        view = self.picture(run, arrays, spectra)
        flat = options["flat"]
        others = visible(self.request).latest()
        form = self.form if self.form.errors else RunOptions(initial=options)
        return super().get_context_data(
            title=f"Calibration run {run.pk}",
            facts=run_facts(run),
            view=view,
            form=form,
            pixel_name=pixelpanel.name_of(flat),
            pixel_facts=pixelpanel.facts(flat, spectra[divmod(flat, 12)], arrays),
            fitted=arrays is not None,
            drift=self.drift(flat),
            before=others.before(run),
            after=others.after(run),
            **kwargs,
        )

    def picture(self, run, arrays, spectra):
        """What the options ask for; before a calibration there are only counts."""
        show = self.options["show"] if arrays is not None else "counts"
        other = self.other(show)
        return picture(run, arrays, show, spectra, other, chosen=self.options["flat"])

    def other(self, show):
        """The run to compare with and its values, or None; an unknown run marks its field."""
        pk = self.options.get("minus")
        if not pk:
            return None
        other = visible(self.request).filter(pk=pk).first()
        arrays = other and results_of(self.request, other)
        if arrays is None and (other is None or show != "counts"):
            reason = "is not there" if other is None else "is not calibrated yet"
            self.form.add_error("minus", f"Run {pk} {reason}; take a number of the table of runs")
            return None
        if show == "counts":
            return other, other.spectra.counts.sum(axis=2, dtype="f8")
        return other, good_values(arrays[QUANTITIES[show].field], arrays["quality"])

    def drift(self, flat):
        """The pixel in the last runs that stand, newest first."""
        rows = PixelCalibration.objects.visible_to(self.request.user)
        rows = rows.over_time(*divmod(flat, 12)).select_related("run__product").reverse()
        return rows.filter(run__product__simulated=self.object.simulated)[:20]


def run_facts(run):
    """What is known of a run, as (label, value, unit)."""
    detectors, pixels = run.masks
    rows = [
        ("Start", utc(run.start), "UTC at Solar Orbiter"),
        ("Stop", utc(run.stop), "UTC at Solar Orbiter"),
        ("Duration", duration(run.duration_s), ""),
        ("Live time", number(run.live_s, 0), "s"),
        ("Quiet time", number(run.quiet_s), "s"),
        ("Mean temperature", number(run.temperature_c, 1), "°C"),
        ("Counts", number(run.total_counts, 0), "ct"),
        ("Detector mask", *(detectors or ("–", ""))),
        ("Pixel mask", *(pixels or ("–", ""))),
    ]
    if run.good_pixels is not None:
        rows.append(("Good pixels", f"{run.good_pixels} of {run.fitted_pixels}", "switched on"))
    if run.good_pixels:
        rows += [
            ("Gain", number(run.gain, 5), "keV/ADC, median"),
            ("Offset", number(run.offset, 1), "ADC, median"),
            ("Resolution at 31 keV", number(run.fwhm_31, 2), "keV FWHM, median"),
            ("Resolution at 81 keV", number(run.fwhm_81, 2), "keV FWHM, median"),
        ]
    return rows


@method_decorator(require_safe, name="dispatch")
class RunAnswer(View):
    """Something of a run besides its page: options that cannot be read answer 400."""

    def get(self, request, pk):
        """Find the run, read the options, and answer."""
        run = get_object_or_404(visible(request), pk=pk)
        form = RunOptions(request.GET)
        if not form.is_valid():
            faults = {name: " ".join(texts) for name, texts in form.errors.items()}
            detail = " ".join(faults.values())
            return problem_response(400, "The request cannot be read", detail, faults.items())
        return self.answer(run, form.cleaned_data)

    head = get

    def download(self, run, name, lines, kind="text/csv"):
        """Send a file; what the team takes of a hidden run is noted."""
        response = StreamingHttpResponse(lines, content_type=f"{kind}; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, name)
        release = run.product.release_at
        access = Access(run.product.access)
        if not may_see(access, release, is_team=False, is_owner=False, now=timezone.now()):
            Export.objects.record(self.request.user, name, 1, 0, requestid.current())
        return response


class Spectrum(RunAnswer):
    """The spectrum of one pixel with its lines and results, for the plot."""

    def answer(self, run, options):
        """JSON of `pixelpanel.record`."""
        flat = options["flat"]
        counts = run.spectra.counts[divmod(flat, 12)]
        body = pixelpanel.record(flat, counts, results_of(self.request, run))
        return HttpResponse(orjson.dumps(body), content_type=JSON)


class Picture(RunAnswer):
    """The detector view as an SVG file."""

    def answer(self, run, options):
        """The picture that the page shows, without a comparison."""
        arrays = results_of(self.request, run)
        show = options["show"] if arrays is not None else "counts"
        view = picture(run, arrays, show, run.spectra.counts)
        context = {"view": view, "file": True}
        response = render(
            self.request, "component/detectors.html", context, content_type="image/svg+xml"
        )
        name = f"stix_calibration_run_{run.pk}_{show}.svg"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


class Results(RunAnswer):
    """Results of all pixels as CSV."""

    def answer(self, run, options):
        """The table, or why there is none."""
        arrays = results_of(self.request, run)
        if arrays is None:
            detail = f"Run {run.pk} is not fitted yet; its spectra are there already."
            return problem_response(404, "No results yet", detail)
        lines = exports.results(run, arrays)
        return self.download(run, f"stix_calibration_run_{run.pk}_results.csv", lines)


class SpectraFile(RunAnswer):
    """Spectra of all pixels as CSV."""

    def answer(self, run, options):
        """The table."""
        lines = exports.spectra(run, run.spectra.counts)
        return self.download(run, f"stix_calibration_run_{run.pk}_spectra.csv", lines)


class Report(RunAnswer):
    """All of a run on paper: facts, pictures, and the numbers of all pixels."""

    def answer(self, run, options):
        """The page to print."""
        arrays = results_of(self.request, run)
        counts = run.spectra.counts
        shown = ("counts",) if not run.good_pixels else ("counts", "gain", "offset", "fwhm_31")
        rows = PixelCalibration.objects.visible_to(self.request.user).filter(run=run)
        context = {
            "title": f"Report of calibration run {run.pk}",
            "object": run,
            "facts": run_facts(run),
            "views": [picture(run, arrays, show, counts) for show in shown],
            "rows": rows.order_by("detector", "pixel"),
        }
        return render(self.request, "calibration/report.html", context)


@require_safe
def spectrum_plot(request):
    """The empty plot of a spectrum as JSON; it is the same for all runs."""
    body = cache.get_or_set("calibration-spectrum-1", plots.spectrum, None)
    response = HttpResponse(body, content_type=JSON)
    response["Cache-Control"] = "private, max-age=3600"
    return response


class TransmissionAnswer(View):
    """How much light passes: reads the options, and answers what is wrong with them."""

    def get(self, request):
        """Read the options and answer."""
        form = TransmissionOptions(request.GET)
        if not form.is_valid():
            return self.refuse(form)
        given = form.cleaned_data
        found = transmission.transmission(
            given["energies"], given["detector"] - 1, given["attenuator"] == "in"
        )
        return self.answer(found, given)

    head = get

    def refuse(self, form):
        """Answer 400 as problem+json."""
        faults = {name: " ".join(texts) for name, texts in form.errors.items()}
        detail = " ".join(faults.values())
        return problem_response(400, "The request cannot be read", detail, faults.items())

    def sentence(self, given):
        """What the numbers are."""
        return (
            f"Transmission in front of detector {given['detector']}, attenuator "
            f"{given['attenuator']}, {given['low']:g} to {given['high']:g} keV"
        )


@method_decorator(require_safe, name="dispatch")
class Transmission(TransmissionAnswer):
    """The calculator: a curve, and a table by layer."""

    def answer(self, found, given):
        """The page."""
        names = [transmission.COMPONENTS[key] for key in found.parts]
        rows = zip(found.energies, found.total, *found.parts.values(), strict=True)
        context = {
            "form": TransmissionOptions(initial=given),
            "names": names,
            "rows": [[float(value) for value in row] for row in rows],
            "drawing": transmission.drawing(found),
            "sentence": f"{self.sentence(given)}.",
        }
        return self.page(context)

    def refuse(self, form):
        """The page with the fields marked and what was typed kept."""
        return self.page({"form": form}, status=400)

    def page(self, context, status=200):
        """Render the template."""
        shared = {"title": "X-ray transmission", "uncertainty": transmission.UNCERTAINTY}
        return render(
            self.request, "calibration/transmission.html", shared | context, status=status
        )


@method_decorator(require_safe, name="dispatch")
class TransmissionCsv(TransmissionAnswer):
    """The numbers as CSV."""

    def answer(self, found, given):
        """The file."""
        lines = transmission.csv_lines(found, self.sentence(given))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, "stix_transmission.csv")
        return response


@method_decorator(require_safe, name="dispatch")
class TransmissionJson(TransmissionAnswer):
    """The numbers as JSON."""

    def answer(self, found, given):
        """Energies in keV, the total, and each layer."""
        body = {
            "title": self.sentence(given),
            "uncertainty": transmission.UNCERTAINTY,
            "energy_kev": found.energies,
            "total": found.total,
            "layers": found.parts,
        }
        text = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
        return HttpResponse(text, content_type=JSON)


class OldCalibration(OldAddress):
    """Calibration pages of the old portal; its numbers of files have no meaning here."""

    pattern_name = "calibration:runs"
    query_string = False

    def get_redirect_url(self, *args, **kwargs):
        """The table of runs."""
        return super().get_redirect_url()
