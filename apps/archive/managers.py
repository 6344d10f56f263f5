"""The vocabulary of the archive: versions of products, and the time-series store.

The store keeps a row a series, level and UTC day. A day is always rebuilt as a whole from the
archived files, so the same files give the same rows in whatever order they came.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.apps import apps as installed
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import F, Max, Min

from apps.archive import blocks
from apps.archive.rebuilding import Rebuilding
from apps.archive.series import (
    Column,
    as_samples,
    bucket_for,
    energy_bands,
    level_for,
    levels_for,
    touching,
    version_rank,
)
from apps.core.managers import RestrictedQuerySet, TimeSpanQuerySet, is_team
from apps.core.timeaxis import DAY_MS, TimeRange, from_ms


class DataProductQuerySet(RestrictedQuerySet, TimeSpanQuerySet):
    """Products of the archive; reads as a sentence from left to right."""

    def latest(self):
        """The best version of each product, among the rows selected so far."""
        return self.filter(superseded=False)

    def real(self):
        """Products of the instrument, without simulated ones."""
        return self.filter(simulated=False)

    def made_from(self, text):
        """Products made from a raw telemetry file whose name contains a text."""
        links = self.model.raw_files.through.objects
        found = links.filter(rawfile__name__icontains=text).values("dataproduct")
        return self.filter(pk__in=found)

    def ending_after(self, instant, types=()):
        """Products with data after an instant, of some types (keys) or of all.

        No file is longer than the longest of its type, so those that began earlier need not be
        looked at: the index of the start times answers instead of the whole table.
        """
        kinds = installed.get_model("archive", "TypeLength").objects
        longest = kinds.longest(types)
        ending = self.filter(stop__gt=instant)
        return ending if longest is None else ending.filter(start__gt=instant - longest)

    def note(self, product, raw_files):
        """Keep what finding a product rests on: its raw files, and the longest of its type."""
        kinds = installed.get_model("archive", "TypeLength").objects
        kinds.note(product.product_type, product.stop - product.start)
        known = product.raw_files.model
        rows = [known(name=name) for name in raw_files]
        known.objects.bulk_create(rows, ignore_conflicts=True)
        product.raw_files.set(known.objects.filter(name__in=raw_files))

    def settle_versions(self, stem):
        """Leave only the best version of a stem active, in the open transaction.

        A complete version ranks above an incomplete one of the same number; withdrawn ones do not
        count. Real and simulated files do not supersede each other.

        Returns
        -------
        list of DataProduct
            All versions of the stem: the days they touch are to be rebuilt.
        """
        _lock(self.db, "hashtext(%s)", stem)
        versions = sorted(self.filter(stem=stem), key=version_rank)
        best = {product.simulated: product.pk for product in versions if not product.withdrawn}
        for product in versions:
            superseded = product.pk != best.get(product.simulated)
            if product.superseded != superseded:
                product.superseded = superseded
                product.save(update_fields=["superseded"])
        return versions


class TypeLengthQuerySet(models.QuerySet):
    """How long the longest file of each product type is."""

    def note(self, product_type, length):
        """Keep a length if it is the longest of its type; part of the open transaction."""
        kept, created = self.get_or_create(product_type=product_type, defaults={"longest": length})
        if not created and kept.longest < length:
            self.filter(pk=kept.pk, longest__lt=length).update(longest=length)

    def longest(self, types=()):
        """The longest file of some types, or of all; None if nothing is known of any."""
        chosen = self.filter(product_type__in=types) if types else self
        return chosen.aggregate(longest=Max("longest"))["longest"]


class SeriesQuerySet(models.QuerySet):
    """The series of the store: what is stored, and its rebuilding."""

    def extent(self, key, user, real_only=True):
        """From the first stored sample a user may see to the last.

        Parameters
        ----------
        key : str
            Series key.
        user : User
        real_only : bool
            Whether to leave simulated days out.

        Returns
        -------
        TimeRange or None
            Half a cadence wider than the bin centres; None if nothing is stored.
        """
        days = _native_days(key, user)
        if real_only:
            days = days.filter(simulated=False)
        found = days.aggregate(
            start=Min("t0_ms"), stop=Max("t1_ms"), cadence=Max("series__cadence_ms")
        )
        if found["start"] is None:
            return None
        half = max(1, found["cadence"] // 2)
        return TimeRange.from_ms(found["start"] - half, found["stop"] + half)

    def newest_day(self, key, user):
        """The newest UTC day stored, real before simulated.

        A daily file often ends some seconds after midnight: a day that holds less than a
        hundredth of its samples counts only if there is no other.

        Returns
        -------
        TimeRange or None
        """
        days = _native_days(key, user).order_by("-day")
        full = days.filter(n__gt=DAY_MS / (100.0 * F("series__cadence_ms")))
        for choice in (full.filter(simulated=False), days.filter(simulated=False), full, days):
            if (day := choice.values_list("day", flat=True).first()) is not None:
                return TimeRange.from_ms(day * DAY_MS, (day + 1) * DAY_MS)
        return None

    def rebuild(self, reader, days, open_file, progress=iter):
        """Rebuild UTC days of a series from the archived files, in the open transaction.

        A day whose active files are the same as when it was built is left alone; one without
        samples loses its rows. A series whose columns changed is rebuilt as a whole. If any real
        file has a sample in a day, simulated files are left out of it.

        Parameters
        ----------
        reader : SeriesReader
        days : iterable of int
            UTC days since 1970.
        open_file : callable
            ``open_file(product)`` is a context manager giving what ``reader.read`` takes.
        progress : callable
            Wraps the list of days, for a progress bar.

        Returns
        -------
        list of int
            The days that changed; if any did, the series' generation is one higher.

        Raises
        ------
        TransactionManagementError
            If no transaction is open.
        FitsFileError, ValueError
            If a file cannot be read as this series; the caller's transaction must be rolled back.
        """
        if not transaction.get_connection(self.db).in_atomic_block:
            raise transaction.TransactionManagementError(
                f"rebuilding {reader.key} was called outside a transaction; a day and its product "
                "rows change together, so call it inside transaction.atomic()"
            )
        series, outdated = self._defined(reader)
        days = sorted({*days, *outdated})
        # Always in day order, all before the first row is written: two ingests cannot deadlock.
        for day in days:
            _lock(self.db, "%s, %s", series.pk, day)
        products = installed.get_model("archive", "DataProduct").objects
        rebuilding = Rebuilding(series, reader, open_file, products, days)
        changed = [day for day in progress(days) if rebuilding.rebuild(day)]
        if changed:
            self.filter(pk=series.pk).update(generation=F("generation") + 1)
        return changed

    def _defined(self, reader):
        """The row of a reader's series, and the days stored in another form than it asks."""
        definition = {
            "cadence_ms": reader.cadence_ms,
            "columns": [column.record() for column in reader.columns],
            "levels": levels_for(reader.cadence_ms),
        }
        series, created = self.get_or_create(key=reader.key, defaults=definition)
        if created or all(getattr(series, name) == value for name, value in definition.items()):
            return series, []
        self.filter(pk=series.pk).update(**definition)
        series.refresh_from_db()
        outdated = list(series.blocks.filter(level=0).values_list("day", flat=True))
        series.blocks.exclude(level__in=series.levels).delete()
        return series, outdated


class SeriesBlockQuerySet(RestrictedQuerySet):
    """Blocks of the store: days of a series at a level."""

    _series = None

    def _clone(self):
        clone = super()._clone()
        clone._series = self._series
        return clone

    def series(self, key):
        """The blocks of one series; none if it is unknown."""
        model = self.model._meta.get_field("series").related_model
        series = next(iter(model.objects.filter(key=key)), None)
        chosen = self.filter(series_id=series.pk) if series else self.none()
        chosen._series = series or model(key=key, cadence_ms=1, columns=[], levels=[0])
        return chosen

    def overlapping(self, span):
        """Blocks of the UTC days that a time range touches, at every level."""
        return self.filter(day__range=(span.days[0], span.days[-1]))

    def coverage(self, span):
        """Which days hold samples.

        Returns
        -------
        list of dict
            ``day`` (since 1970), ``n`` samples and ``simulated`` of each UTC day that the range
            touches and that holds any, ascending.
        """
        days = self.filter(level=0).overlapping(span).order_by("day")
        return list(days.values("day", "n", "simulated"))

    def samples(self, span, max_points=4000, columns=None, bucket_ms=None):
        """Samples of a time range, native where they are few enough, else in buckets.

        Buckets are aligned to 1970 and whole: those that touch the range are given with all their
        samples, so a bucket is the same in every answer that holds it.

        Parameters
        ----------
        span : TimeRange
        max_points : int
            Most rows of an answer whose buckets are not forced; at least 2.
        columns : iterable of str, optional
            Names wanted, all by default; others are not even decompressed.
        bucket_ms : int, optional
            Forces the width of buckets.

        Returns
        -------
        Samples
            Empty for an unknown series.

        Raises
        ------
        ValueError
            If a column is unknown, ``max_points`` is below 2 or ``bucket_ms`` below 1.
        """
        known, wanted = self._columns(columns)
        if bucket_ms is not None and bucket_ms < 1:
            raise ValueError(f"bucket_ms must be at least 1, got {bucket_ms}")
        start_ms, stop_ms = span.start_ms, span.stop_ms
        width = bucket_ms or bucket_for(start_ms, stop_ms, max_points)
        edges = touching(start_ms, stop_ms, width)
        level = level_for(self._series.levels, width, stop_ms - start_ms)
        rows, found = self._rows(level, *edges, known, wanted)
        if bucket_ms is None:
            if level and rows.count.sum() <= max_points:
                level = 0
                rows, found = self._rows(level, *edges, known, wanted)
            native = rows.between(start_ms, stop_ms)
            if level == 0 and len(native.time) <= max_points:
                return self._answer(native, found, known, level)
        asked = [column for column in known if column.name in wanted]
        rows = blocks.rebucket(rows, asked, width)
        return self._answer(rows, found, known, level, width)

    def _columns(self, names):
        if self._series is None:
            raise TypeError("samples() needs one series; call series(key) before it")
        known = [Column.from_record(record) for record in self._series.columns]
        wanted = {column.name for column in known}
        if names is not None:
            names = set(names)
            if known and not names <= wanted:
                raise ValueError(
                    f"{self._series.key} has no column {', '.join(sorted(names - wanted))}; "
                    f"it has {', '.join(sorted(wanted))}"
                )
            wanted &= names
        return known, wanted

    def _rows(self, level, start_ms, stop_ms, known, wanted):
        """Stored rows in [start, stop), and the blocks of their days."""
        days = (start_ms // DAY_MS, (stop_ms - 1) // DAY_MS)
        found = self.filter(level=level, day__range=days).order_by("day")
        found = list(found.values_list("day", "bins", "simulated", "data"))
        stored = [data for _, _, _, data in found]
        return blocks.decode(stored, known, level, wanted, start_ms, stop_ms), found

    def _answer(self, rows, found, known, level, width=0):
        """Rows with the energy tables and the mark of simulation of the blocks they come from."""
        bands, table = [], None
        for day, index, _, _ in found:
            if index is not None and index != table:
                if index >= len(self._series.bins):
                    self._series.refresh_from_db(fields=["bins"])  # came after the series was read
                table = index
                bands.append((day * DAY_MS, energy_bands(self._series.bins[index])))
        facts = {"bands": bands, "simulated": any([mark for _, _, mark, _ in found])}
        return as_samples(rows, known, level=level, bucket_ms=width, **facts)


@dataclass(frozen=True)
class StoredRange:
    """A time range of one series, and what a viewer may know of it: a base for questions."""

    key: str
    span: TimeRange

    def blocks(self, user):
        """Blocks of the series that the user may see, at every level."""
        return (
            installed.get_model("archive", "SeriesBlock").objects.series(self.key).visible_to(user)
        )

    def days(self, user):
        """Native blocks of the range, one a UTC day."""
        return self.blocks(user).filter(level=0).overlapping(self.span)

    def hidden_days(self, user):
        """How many UTC days of the range hold samples this user may see and a visitor may not."""
        return self.days(user).exclude(pk__in=self.blocks(AnonymousUser()).values("pk")).count()

    def etag(self, user, *state):
        """Changes with the question, the series, and what of it the user may see."""
        series = installed.get_model("archive", "Series").objects.filter(key=self.key)
        generation = series.values_list("generation", flat=True).first()
        seen = (*state, self, generation, is_team(user), self.days(user).count())
        return f'"{sha256(repr(seen).encode()).hexdigest()[:32]}"'

    def files(self, user, simulated, most=50):
        """Best versions of the files in the range, oldest first, and whether there are more.

        Simulated ones only where the samples are.
        """
        products = installed.get_model("archive", "DataProduct").objects.visible_to(user).latest()
        found = products.overlapping(self.span).filter(product_type=self.key)
        found = found if simulated else found.real()
        rows = list(found.order_by("start", "id")[: most + 1])
        return rows[:most], len(rows) > most

    def nearest(self, user):
        """The stored sample nearest to a range that holds none, or None if nothing is stored."""
        days = self.blocks(user).filter(level=0).values_list("t0_ms", "t1_ms")
        start, stop, found = self.span.start_ms, self.span.stop_ms, []
        for first, last in (
            *days.filter(t0_ms__lt=start).order_by("-t0_ms")[:1],
            *days.filter(t1_ms__gte=stop).order_by("t0_ms")[:1],
        ):
            day = TimeRange.from_ms(first, last + 1)
            found += self.blocks(user).samples(day, max_points=DAY_MS, columns=[]).time.tolist()
        return from_ms(min(found, key=lambda t: abs(t - (start + stop) / 2))) if found else None


def _native_days(key, user):
    model = installed.get_model("archive", "SeriesBlock")
    return model.objects.filter(series__key=key, level=0).visible_to(user)


def _lock(alias, expression, *parameters):
    """Hold a lock until the transaction ends; in SQLite the transaction is one already."""
    connection = transaction.get_connection(alias)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock({expression})", parameters)
