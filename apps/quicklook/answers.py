"""What a question to the light curves is answered with: one method for each form of the data."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from apps.archive.series import NATIVE_WINDOW_MS
from apps.core import seriestext
from apps.core.seriestext import source_lines, source_records
from apps.core.timeaxis import from_ms, iso
from apps.quicklook import exports, lightcurve
from apps.quicklook.lightcurve import LIGHTCURVE

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "fits": "application/fits",
    "py": "text/x-python; charset=utf-8",
}
"""Content type of each form."""


class Refused(ValueError):
    """A form that cannot be made of the range; `field` is at fault, or nothing is there (None)."""

    def __init__(self, message, field=None):
        super().__init__(message)
        self.field = field


def file_name(span, form):
    """Name of a file with the data."""
    return seriestext.file_name(LIGHTCURVE, span, form)


@dataclass(frozen=True)
class Answer:
    """The answer to one question of one viewer.

    Parameters
    ----------
    query : managers.LightCurveQuery
    user : User
    options : dict
        What was asked for besides the range, by parameter.
    rest : str
        Path of the same data in REST.
    absolute : callable
        ``absolute(path) -> address``.
    """

    query: object
    user: object
    options: dict
    rest: str
    absolute: Callable[[str], str]

    def body(self, form):
        """The answer in a form of `KINDS`: bytes, text, or pieces of text.

        Raises
        ------
        Refused
            If the form cannot hold the range, or has nothing to hold.
        """
        return getattr(self, f"_{form}")()

    def _described(self):
        """The curves, what has to be known with them, and the files they came from."""
        span, curves = self.query.span, self.query.curves(self.user)
        about = {
            "title": "STIX quick-look light curves",
            "start_utc_solo": iso(span.start),
            "stop_utc_solo": iso(span.stop),
            **exports.facts(curves),
            "statement": lightcurve.sentence(curves, span),
        }
        if not len(curves.time):
            nearest = self.query.nearest(self.user)
            about["nearest_utc_solo"] = iso(nearest) if nearest else None
        files, about["more_source_files"] = self.query.files(self.user, curves.simulated)
        return curves, about, files

    def _json(self):
        """All in one object: facts, files, columns."""
        curves, about, files = self._described()
        sources = source_records(files, self.absolute)
        return orjson.dumps(about | {"source_files": sources} | exports.record(curves))

    def _csv(self):
        """Facts as comment lines, then the rows, piece by piece."""
        curves, about, files = self._described()
        comments = about | {"energy_bands": exports.band_lines(curves)}
        comments["source_files"] = source_lines(files)
        return exports.csv_text(curves, comments)

    def _fits(self):
        """The native bins as a FITS file in the form of the daily ones."""
        query, span = self.query, self.query.span
        if span.stop_ms - span.start_ms > NATIVE_WINDOW_MS:
            raise Refused("A FITS cut-out covers at most 4 days; take the files.", "stop")
        samples = query.native(self.user)
        sources = []
        if len(samples.time):
            sources = list(query.sources(self.user, samples.simulated))
        if not sources:
            nearest = query.nearest(self.user)
            where = f"the nearest are at {iso(nearest)}" if nearest else "none are stored"
            raise Refused(f"There are no light curves in this range; {where}.")
        if len(samples.bands) > 1:
            change = iso(from_ms(samples.bands[1][0]))
            detail = f"The energy bands change at {change}; ask for the time before or after it."
            raise Refused(detail, "stop")
        return exports.cutout(file_name(span, "fits"), samples, sources, query.earth)

    def _py(self):
        """A program that fetches the same numbers through REST."""
        texts = iso(self.query.span.start), iso(self.query.span.stop)
        given = {name: value for name, value in self.options.items() if value is not None}
        query = urlencode({"start": texts[0], "stop": texts[1], **given})
        address = self.absolute(f"{self.rest}?{query}")
        return exports.program(address, texts, both_clocks=self.query.earth is not None)
