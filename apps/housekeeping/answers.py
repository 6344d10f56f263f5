"""What a question to the housekeeping is answered with: CSV or JSON, the same numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from apps.core import seriestext
from apps.core.seriestext import CITATION, csv_text, source_lines, source_records, utc_texts
from apps.core.timeaxis import iso
from apps.housekeeping import figures
from apps.housekeeping.limits import limits_of

KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
"""Content type of each form."""

NOTE = "Engineering values as the files hold them; temperatures are stored in kelvin."


def file_name(query, form):
    """Name of a file with the data."""
    return seriestext.file_name(query.key, query.span, form)


@dataclass(frozen=True)
class Answer:
    """The answer to one question of one viewer.

    Parameters
    ----------
    query : managers.HousekeepingQuery
    user : User
    absolute : callable
        ``absolute(path) -> address``.
    """

    query: object
    user: object
    absolute: Callable[[str], str]

    def body(self, form):
        """The answer in a form of `KINDS`: bytes, or pieces of text."""
        return getattr(self, f"_{form}")()

    def _described(self):
        """The samples, what has to be known with them, and the files they came from."""
        query = self.query
        samples = query.samples(self.user)
        about = {
            "title": "STIX housekeeping",
            "start_utc_solo": iso(query.span.start),
            "stop_utc_solo": iso(query.span.stop),
            "clock": figures.CLOCK,
            "time": "starts of buckets" if samples.bucket_ms else "instants of the reports",
            "report": query.key,
            "temperature": "degC" if query.celsius else "K",
            "aggregation": figures.aggregation(samples),
            "level_s": samples.level,
            "bucket_s": samples.bucket_ms / 1000,
            "rows": len(samples.time),
            "simulated": bool(samples.simulated),
            "note": NOTE,
            "citation": CITATION,
        }
        if not len(samples.time):
            nearest = query.nearest(self.user)
            about["nearest_utc_solo"] = iso(nearest) if nearest else None
        files, about["more_source_files"] = query.files(self.user, samples.simulated)
        return samples, about, files

    def _columns(self, samples):
        """Each parameter shown with its values."""
        unknown = self.query.unknown()
        for parameter in self.query.shown:
            texts = unknown.get(parameter.mnemonic, {})
            yield (
                parameter,
                figures.file_columns(samples, parameter, self.query.celsius, texts),
            )

    def _json(self):
        """All in one object: facts, files, parameters."""
        samples, about, files = self._described()
        sources = source_records(files, self.absolute)
        limits = limits_of(self.query.mnemonics)
        told = [
            {
                "mnemonic": parameter.mnemonic,
                "label": parameter.label,
                "column": parameter.column,
                "kind": parameter.kind,
                "unit": parameter.shown_unit(self.query.celsius),
                "limits": [
                    {"kind": kind, "value": float(parameter.shown(value, self.query.celsius))}
                    for limit in limits.get(parameter.mnemonic, ())
                    for kind, value in limit.borders()
                ],
                **{name: _plain(values) for name, values in columns.items()},
            }
            for parameter, columns in self._columns(samples)
        ]
        times = {"time_utc_solo": utc_texts(samples.time), "samples": samples.count.tolist()}
        return orjson.dumps(about | {"source_files": sources} | times | {"parameters": told})

    def _csv(self):
        """Facts as comment lines, then the rows, piece by piece."""
        samples, about, files = self._described()
        comments, columns = about, {}
        comments["parameters"] = []
        for parameter, values in self._columns(samples):
            unit = parameter.shown_unit(self.query.celsius)
            comments["parameters"].append(
                f"{parameter.title}{f' [{unit}]' if unit else ''} ({parameter.column})"
            )
            head = parameter.mnemonic + (f"_{unit}".replace("%", "percent") if unit else "")
            ends = {"values": "", "minimum": "_min", "maximum": "_max", "always": "_always"}
            columns |= {head + ends[name]: column for name, column in values.items()}
        comments["source_files"] = source_lines(files)
        times = {"time_utc_solo": samples.time}
        return csv_text(comments, times, columns | {"samples": samples.count})


def _plain(values):
    """Values for JSON: NaN becomes null, single precision keeps its own digits."""
    if values.dtype.kind == "f":
        texts = values.astype(str) if values.dtype.itemsize == 4 else values
        return [None if number != number else number for number in map(float, texts)]
    return values.tolist()
