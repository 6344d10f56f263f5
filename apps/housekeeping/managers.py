"""The vocabulary of housekeeping: unknown states, and a question to the stored reports."""

from dataclasses import dataclass

from django.apps import apps as installed
from django.db import IntegrityError, models, transaction

from apps.archive.managers import StoredRange
from apps.archive.models import Series
from apps.archive.series import LEVELS_S, NATIVE_WINDOW_MS
from apps.core.registry import readers
from apps.core.timeaxis import TimeRange, to_ms
from apps.housekeeping import figures, traces
from apps.housekeeping.limits import limits_of
from apps.housekeeping.parameters import (
    FIRST_UNKNOWN,
    LAST_UNKNOWN,
    REPORTS,
    parameters,
)

LONGEST_TEXT = 64
MODE, MOTIONS, MOTORS = "NIXD0023", "NIX00076", ("NIXD0089", "NIXD0088")
MOST_ROWS = 20_000
COMPARED_POINTS = 4000
MOST_EVENTS = 400


class UnknownStateQuerySet(models.QuerySet):
    """States that the dictionary lacks."""

    def code_of(self, mnemonic, text, file_name):
        """The code under which a state is stored; a new one is written down.

        Two ingests may find the same state at once: the later takes what the earlier wrote.
        """
        facts = {"mnemonic": mnemonic, "text": text[:LONGEST_TEXT]}
        while True:
            if known := self.filter(**facts).first():
                return known.code
            taken = self.filter(mnemonic=mnemonic).aggregate(last=models.Max("code"))["last"]
            code = FIRST_UNKNOWN if taken is None else taken + 1
            if code >= LAST_UNKNOWN:
                return LAST_UNKNOWN
            try:
                with transaction.atomic(using=self.db):
                    self.create(**facts, code=code, first_file=file_name[:200])
            except IntegrityError:
                continue

    def texts(self):
        """Text of each code by mnemonic: ``{mnemonic: {code: text}}``."""
        found = {}
        for mnemonic, code, text in self.values_list("mnemonic", "code", "text"):
            found.setdefault(mnemonic, {})[code] = text
        return found


def newest_day(report, user):
    """The newest UTC day of a report, real before simulated; None if nothing is stored."""
    return Series.objects.newest_day(report, user)


@dataclass(frozen=True)
class HousekeepingQuery(StoredRange):
    """A question to the stored reports.

    Parameters
    ----------
    key : str
        The report: ``"hk-maxi"`` or ``"hk-mini"``.
    span : TimeRange
    mnemonics : tuple of str
        Of the parameters asked for; those the report lacks are left out.
    celsius : bool
        Unit of temperatures.
    points : int or None
        Most rows; None gives native samples up to four days and a stored overview beyond.
    """

    mnemonics: tuple[str, ...] = ()
    celsius: bool = True
    points: int | None = None

    @property
    def shown(self):
        """The parameters asked for that the report holds."""
        known = parameters()
        asked = (known[mnemonic] for mnemonic in self.mnemonics)
        return [parameter for parameter in asked if self.key in parameter.reports]

    @property
    def cadence_ms(self):
        """Nominal distance of samples."""
        return readers.get(self.key).provide.cadence_ms

    def samples(self, user, more=(), span=None):
        """Stored samples as far as the user may see them, as `Samples`.

        Parameters
        ----------
        more : iterable of str
            Mnemonics read besides those asked for.
        span : TimeRange, optional
            Instead of the question's own.
        """
        span, blocks = span or self.span, self.blocks(user)
        columns = {parameter.mnemonic for parameter in self.shown} | set(more)
        length = span.stop_ms - span.start_ms
        if self.points or length <= NATIVE_WINDOW_MS:
            return blocks.samples(span, max_points=self.points or MOST_ROWS, columns=columns)
        widths = [1000 * level for level in LEVELS_S if level * 1000 >= self.cadence_ms]
        fitting = (width for width in widths if length <= width * MOST_ROWS)
        return blocks.samples(span, columns=columns, bucket_ms=next(fitting, widths[-1]))

    def figures(self, samples):
        """Figures of each parameter shown."""
        unknown, limits = self.unknown(), limits_of(self.mnemonics)
        return [
            figures.figures(
                samples, parameter, self.celsius,
                unknown.get(parameter.mnemonic, {}), limits.get(parameter.mnemonic, ()),
            )
            for parameter in self.shown
        ]  # fmt: skip

    def unknown(self):
        """Texts of the states that the dictionary lacks, by mnemonic."""
        return installed.get_model("housekeeping", "UnknownState").objects.texts()

    def window(self, user, wide, against=None):
        """What the page draws of a range somewhat wider than its own.

        Returns
        -------
        parts : dict
            Columns of each parameter by mnemonic, and of the comparison, for `core.wire`.
        events : list of dict
            Rows of the event strip: ``title`` and ``spans``.
        """
        marks = [m for m in (MODE, MOTIONS, *MOTORS) if self.key in parameters()[m].reports]
        samples = self.samples(user, [*marks, *([against] if against else [])], wide)
        held = traces.extents(samples, self.cadence_ms)
        unknown, limits = self.unknown(), limits_of(self.mnemonics)
        parts = {
            parameter.mnemonic: self._part(samples, parameter, held, unknown, limits)
            for parameter in self.shown
        }
        about = {
            "resolution": figures.resolution(samples, self.cadence_ms),
            "simulated": bool(samples.simulated),
            "rows": int(
                ((held.stop > self.span.start_ms) & (held.start < self.span.stop_ms)).sum()
            ),
        }
        parts["about"] = about
        if against and self.shown:
            parts["comparison"] = self._compared(samples, parameters()[against], self.shown[0])
        return parts, self._events(samples, held, unknown, parts, marks)

    def _part(self, samples, parameter, held, unknown, limits):
        """Columns of one parameter."""
        mnemonic = parameter.mnemonic
        if parameter.kind == "number":
            found = limits.get(mnemonic, ())
            part = traces.number_columns(samples, parameter, held, self.celsius, found)
        elif parameter.kind == "state":
            part = traces.state_columns(samples, parameter, held, unknown.get(mnemonic, {}))
        else:
            part = traces.mask_columns(samples, parameter, held)
        return part | {"kind": parameter.kind, "unit": parameter.shown_unit(self.celsius)}

    def _compared(self, samples, horizontal, vertical):
        """Two parameters sample by sample inside the range, at most 4000 points."""
        inside = (samples.time >= self.span.start_ms) & (samples.time < self.span.stop_ms)
        columns = {
            name: parameter.shown(traces.values_of(samples, parameter).astype("f8"), self.celsius)[
                inside[: len(traces.values_of(samples, parameter))]
            ]
            for name, parameter in (("x", horizontal), ("y", vertical))
        }
        every = max(1, -(-len(columns["x"]) // COMPARED_POINTS))
        return {name: values[::every] for name, values in columns.items()}

    def _events(self, samples, held, unknown, parts, marks):
        """Mode changes, attenuator moves, and where the parameters shown left their limits."""
        known, rows = parameters(), []
        if MODE in marks:
            found = traces.changes(samples, known[MODE], held, unknown.get(MODE, {}))
            rows.append({"title": "mode", "spans": found})
        if MOTIONS in marks:
            motors = [known[motor] for motor in MOTORS]
            found = traces.moves(samples, known[MOTIONS], motors, held)
            rows.append({"title": "attenuator", "spans": found})
        outside = [
            (start, stop, f"{known[mnemonic].label}: {traces.SEVERITIES[level]}")
            for mnemonic, part in parts.items()
            for start, stop, level in part.get("worst", ())
        ]
        rows.append({"title": "limits", "spans": outside})
        return [row | {"spans": row["spans"][:MOST_EVENTS]} for row in rows]


def file_span(product):
    """The range of a file."""
    return TimeRange.from_ms(
        to_ms(product.start), max(to_ms(product.stop), to_ms(product.start) + 1)
    )


def file_of(number, user):
    """A housekeeping file by its number, as far as the user may see it; None if there is none."""
    products = installed.get_model("archive", "DataProduct").objects.visible_to(user)
    return products.filter(pk=number, product_type__in=REPORTS).first()
