"""The loaded geometry: which kernel set answers, looked up once a second, loaded when asked."""

import logging
import threading
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from django.apps import apps as installed
from django.db import models
from django.urls import reverse
from django.utils import timezone

from apps.ancillary import aspectfile, demonstration, kernelset, storage, whereabouts
from apps.ancillary.attitude import CK
from apps.ancillary.geometry import Geometry, Provenance, Uncovered
from apps.ancillary.kernels import KernelError, Pool
from apps.ancillary.validation import inspect
from apps.archive.models import SeriesBlock
from apps.core.timeaxis import TimeRange, iso, parse_utc, to_ms

LOOK_S = 1.0
"""How long a look at the pointer holds: other processes see a switch after so long at most."""

ASPECT_ROWS = 6000
"""Most rows of the aspect product in one answer: four days have 5400."""

AGAIN_S = 30.0
"""How long a set that could not be loaded is left alone."""

log = logging.getLogger(__name__)


class NoKernels(ValueError):
    """There is no kernel set to answer with; the message says what to do."""


class _Answering:
    """What this process answers with, and until when the pointer need not be looked at."""

    def __init__(self):
        self.lock = threading.RLock()
        self.geometry, self.until = None, 0.0
        self.broken, self.again = "", 0.0

    def is_left_alone(self, set_id, now):
        """Whether a set could not be loaded just before."""
        return self.geometry is not None and set_id == self.broken and now < self.again


_answering = _Answering()


class KernelSetQuerySet(models.QuerySet):
    """Kernel sets, and the geometry of the active one."""

    def geometry(self):
        """Geometry of the active set.

        Returns
        -------
        Geometry
            Shared by all threads. While a newly active set cannot be loaded, that of the one
            before: its provenance says so.

        Raises
        ------
        NoKernels
            If no set is active, or the only one cannot be loaded.
        """
        if time.monotonic() >= _answering.until:
            with _answering.lock:
                if time.monotonic() >= _answering.until:
                    self._look(time.monotonic())
        return _answering.geometry

    def forget(self):
        """Let this process look at the pointer at the next question."""
        _answering.until = _answering.again = 0.0

    def _look(self, now):
        active = self.filter(active=True).first()
        if active is None:
            raise NoKernels(
                "no kernel set is active; run manage.py setup for the demonstration set, or "
                "manage.py kernels add PATH and manage.py kernels activate NAME"
            )
        held = _answering.geometry
        same = held is not None and held.provenance.set_id == active.set_id
        if not same and not _answering.is_left_alone(active.set_id, now):
            self._switch(active, now)
        _answering.until = now + LOOK_S

    def _switch(self, active, now):
        try:
            _answering.geometry = _geometry_of(active)
        except KernelError as error:
            _answering.broken, _answering.again = active.set_id, now + AGAIN_S
            log.error("kernel set %s cannot be loaded: %s", active, error)
            if _answering.geometry is None:
                raise NoKernels(
                    f"the files of the active kernel set {active} cannot be loaded ({error}); run "
                    "manage.py kernels check, then manage.py setup or manage.py kernels activate"
                ) from error

    def geometry_of(self, kernel_set):
        """Geometry of a set that need not be active.

        Raises
        ------
        KernelError
            If its files cannot be loaded.
        """
        return _geometry_of(kernel_set)

    def open(self, folder):
        """Geometry of a folder of kernels that is not stored, completed by those of the portal.

        Parameters
        ----------
        folder : str or Path

        Raises
        ------
        KernelSetError, KernelError
            If its files make no set; the message names each file and what is wrong.
        """
        found = kernelset.collect([folder])
        found |= demonstration.completion(found)
        with storage.staged() as staged:
            for name, path in found.items():
                (staged / name).symlink_to(Path(path).resolve())
            facts = inspect(staged)
        if facts["refused"]:
            raise kernelset.KernelSetError(in_words(facts["refused"]))
        kernels = facts["kernels"]
        paths = [found[file["name"]].resolve() for file in kernels if file["kind"] != "MK"]
        name = facts["name"] or Path(folder).resolve().name
        set_id = kernelset.set_id([kernelset.KernelFile(**file) for file in kernels])
        pool = Pool(f"{set_id} in {Path(folder).resolve()}", paths)
        return Geometry(pool, _provenance(name, set_id, kernels, facts["coverage"]))


def answering(user):
    """Card of the team's home: which kernel set answers, how far it reaches, what is wrong."""
    active = installed.get_model("ancillary", "KernelSet").objects.filter(active=True).first()
    if active is None:
        return {"active": None}
    now = timezone.now()
    attitude = active.coverage.get("attitude", [])
    return {
        "active": active,
        "over": active.stop < now,
        "attitude_stop": datetime.fromisoformat(attitude[-1][1]) if attitude else None,
        "broken": storage.lacks_a_file(active),
    }


def aspect(span, user):
    """The aspect product of a range as far as the user may see it: `aspectfile.Aspect`.

    Rows every 64 s up to four days, beyond that means.
    """
    blocks = SeriesBlock.objects.series(aspectfile.ASPECT).visible_to(user)
    return aspectfile.aspect_of(blocks.samples(span, max_points=ASPECT_ROWS))


def attitude(geometry, time_ms, user, frame="SOLO_STIX_ILS", nominal=False):
    """Attitudes at instants against SOLO_SUN_RTN, by the best source there is of each.

    The attitude kernels come first, then the aspect product, last, where it is asked for, the
    nominal attitude: `attitude.Attitude.source` tells.

    Raises
    ------
    Uncovered
        If the orbit is not known at one of the instants.
    """
    found = geometry.attitude(time_ms, frame, allow_nominal=nominal)
    if len(found.time_ms) == len(time_ms) and (found.source == CK).all():
        return found
    around = TimeRange.from_ms(
        int(min(time_ms)) - aspectfile.CADENCE_MS, int(max(time_ms)) + aspectfile.CADENCE_MS
    )
    return aspectfile.preferred(found, aspect(around, user), time_ms)


def range_facts(span, user):
    """Where Solar Orbiter was at the middle of a range: [(words, note, address)], for the time bar.

    A range without orbit says so; without kernels there is nothing to say.
    """
    try:
        ephemeris, provenance = _ephemeris([span.middle])
    except NoKernels:
        return []
    except Uncovered as error:
        return [("no orbit for this time", str(error), _address(span))]
    words = whereabouts.in_words(ephemeris[0], provenance)
    return [(words, whereabouts.explained(span.middle, provenance), _address(span))]


def file_facts(product, user):
    """Distance and light time of a file: [(label, value, unit)], none without an orbit."""
    middle = product.start + (product.stop - product.start) / 2
    try:
        ephemeris, provenance = _ephemeris([middle, product.stop])
    except (NoKernels, Uncovered):
        return []
    return whereabouts.of_file(product, *ephemeris, provenance)


def links(span, user):
    """The page about the orbit of a range or of a file: [(title, address)]."""
    return [("Orbit, pointing and light time", _address(span))]


def _ephemeris(instants):
    """The ephemeris of each instant by the active set, and its provenance."""
    geometry = installed.get_model("ancillary", "KernelSet").objects.geometry()
    return [geometry.ephemeris([to_ms(instant)]) for instant in instants], geometry.provenance


def _address(span):
    start, stop = (iso(edge).removesuffix("Z") for edge in (span.start, span.stop))
    query = urlencode({"start": start, "stop": stop}, safe=":")
    return f"{reverse('ancillary:ephemeris')}?{query}"


def in_words(refused):
    """What was refused and why, as one text."""
    return "; ".join(": ".join(filter(None, (one["name"], one["reason"]))) for one in refused)


def _geometry_of(kernel_set):
    pool = Pool(kernel_set.set_id, storage.paths_of(kernel_set))
    with pool.loaded():
        found = (kernel_set.name, kernel_set.set_id, kernel_set.kernels, kernel_set.coverage)
        marks = {"approximate": kernel_set.approximate, "label": kernel_set.label}
        return Geometry(pool, _provenance(*found, **marks))


def _provenance(name, set_id, kernels, coverage, *, approximate=False, label=""):
    spans = coverage["orbit"]
    return Provenance(
        mk=name,
        set_id=set_id,
        kernels=tuple(kernels),
        approximate=approximate,
        start_ms=_ms(spans[0][0]),
        stop_ms=_ms(spans[-1][1]),
        label=label or f"Kernels {name}",
    )


def _ms(text):
    return to_ms(parse_utc(text, now=None))
