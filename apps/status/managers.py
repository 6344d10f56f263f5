"""Questions about the portal as a whole: what is fresh, what is covered, what works."""

from datetime import timedelta

from django.apps import apps as installed
from django.db import models
from django.db.models import CharField, Count, Exists, Max, OuterRef, Subquery
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from apps.archive.models import DataProduct, IngestRun, Quarantined
from apps.archive.products import PRODUCTS
from apps.core.models import Curation, Job
from apps.core.timeaxis import DAY_MS, TimeRange, to_ms
from apps.status.coverage import Row

WORKER = "worker"
SILENT = timedelta(minutes=10)
"""A job may hold the worker for four minutes; after ten without a beat it is silent."""

LAST_DAYS = 90
LONGEST = timedelta(days=7)
LATE = timedelta(minutes=10)
"""A daily file may end so long after its day; the next day does not begin with it."""

FRESH = {
    "ql-lightcurve": "Light curves",
    "hk-maxi": "Housekeeping",
    "sci-xray-cpd": "Pixel data",
    "sci-xray-spec": "Spectrograms",
    "cal-energy": "Calibration",
}
"""Product types whose newest day the footer names."""


class HeartbeatManager(models.Manager):
    """Signs of life."""

    def beat(self, name, now):
        """Write down that a process works."""
        self.update_or_create(name=name, defaults={"beat_at": now})

    def last(self, name):
        """When a process last showed itself; None if it never did."""
        return self.filter(name=name).values_list("beat_at", flat=True).first()


def worker_is_silent(last, now):
    """Whether the last beat is too old, or never came."""
    return last is None or now - last > SILENT


def freshness(user):
    """How new the newest files are that a user may see, real ones before simulated ones.

    Returns
    -------
    dict
        ``stop`` and ``simulated`` of the newest file of all, None without any, and ``types``:
        title, ``stop`` and ``simulated`` of some product types.
    """
    visible = DataProduct.objects.visible_to(user)
    kinds = ["", *FRESH]
    found = {kind: (stop, False) for kind, stop in _newest(visible.real(), kinds) if stop}
    missing = [kind for kind in kinds if kind not in found]
    if missing:
        found |= {kind: (stop, True) for kind, stop in _newest(visible, missing) if stop}
    stop, simulated = found.get("", (None, None))
    types = [
        {"title": title, "stop": found[kind][0], "simulated": found[kind][1]}
        for kind, title in FRESH.items()
        if kind in found
    ]
    return {"stop": stop, "simulated": simulated, "types": types}


def _newest(products, kinds):
    """End of the newest file of each kind in one question: (kind, stop); "" is any kind."""
    ordered = products.order_by("-start", "-id").values("stop")
    chosen = [ordered.filter(product_type=kind) if kind else ordered for kind in kinds]
    names = {f"newest_{place}": Subquery(one[:1]) for place, one in enumerate(chosen)}
    anything = DataProduct.objects.order_by("pk")[:1]
    for row in anything.values(**names):
        return [(kind, row[name]) for kind, name in zip(kinds, names, strict=True)]
    return []


def state_of_access(now):
    """A text that is another as soon as other files may be seen than before.

    It changes with each decision of a curator, and with each end of an embargo; two looks into
    indexes, whatever the number of files.
    """
    decided = Curation.objects.state()
    released = DataProduct.objects.filter(release_at__lte=now)
    ended = released.aggregate(last=Max("release_at"))["last"]
    return "-".join(str(when and when.timestamp()) for when in (decided, ended))


def coverage(user):
    """What the files that a user may see cover, by product type.

    Returns
    -------
    rows : list of Row
        Real before simulated, newest first.
    last : TimeRange or None
        The days that `Row.days` tells of: the last ones up to the newest file, real if any is.
    """
    products = DataProduct.objects.visible_to(user).latest()
    rows = {}
    # Text on both databases: functions of dates are slow in SQLite, where Python works them out.
    month = Substr(Cast("start", CharField()), 1, 7)
    counted = products.order_by().values("product_type", "simulated", month=month)
    for found in counted.annotate(files=Count("pk"), newest=Max("stop")):
        key = (found["product_type"], found["simulated"])
        row = rows.setdefault(key, Row(*key, newest=found["newest"]))
        row.newest = max(row.newest, found["newest"])
        row.files += found["files"]
        row.months.add(found["month"])
    ordered = sorted(rows.values(), key=lambda row: row.newest, reverse=True)
    ordered.sort(key=lambda row: row.simulated)
    if not ordered:
        return [], None
    midnight = (ordered[0].newest - LATE).replace(hour=0, minute=0, second=0, microsecond=0)
    last = TimeRange(midnight - timedelta(days=LAST_DAYS - 1), midnight + timedelta(days=1))
    # By the start alone, which has an index; no file is longer than some days.
    near = products.filter(start__gte=last.start - LONGEST, start__lt=last.stop)
    files = near.values_list("product_type", "simulated", "start", "stop")
    for kind, simulated, start, stop in files.iterator(chunk_size=2000):
        rows[kind, simulated].days.update(_days(kind, start, stop))
    return ordered, last


def _days(kind, start, stop):
    """UTC days of a file: that of its centre where a file is a day, else all it touches."""
    known = PRODUCTS.get(kind)
    if known and known.unit == "day":
        return {to_ms(start + (stop - start) / 2) // DAY_MS}
    return range(to_ms(start) // DAY_MS, to_ms(stop) // DAY_MS + 1)


def ingests(user, now):
    """Numbers of ingests: files taken in that the user may see, and refused ones.

    Returns
    -------
    dict
        ``last``, and ``taken_in`` and ``refused`` within a day and within thirty; ``waiting``
        refused files in quarantine.
    """
    visible = DataProduct.objects.visible_to(user).filter(pk=OuterRef("product_id"))
    taken_in = IngestRun.objects.filter(Exists(visible), outcome=IngestRun.Outcome.TAKEN_IN)
    refused = IngestRun.objects.filter(outcome=IngestRun.Outcome.REFUSED)
    periods = {"day": now - timedelta(days=1), "month": now - timedelta(days=30)}
    return {
        "last": taken_in.values_list("started_at", flat=True).first(),
        "taken_in": {name: _since(taken_in, first) for name, first in periods.items()},
        "refused": {name: _since(refused, first) for name, first in periods.items()},
        "waiting": Quarantined.objects.count(),
    }


def _since(runs, first):
    return runs.filter(started_at__gte=first).count()


def newest_files(user):
    """Card of the team's home: files taken in last."""
    visible = DataProduct.objects.visible_to(user).filter(pk=OuterRef("product_id"))
    runs = IngestRun.objects.filter(Exists(visible), outcome=IngestRun.Outcome.TAKEN_IN)
    return {"runs": list(runs.select_related("product").defer("product__header")[:8])}


def failed_ingests(user):
    """Card of the team's home: refused files with their reasons."""
    refused = Quarantined.objects.order_by("-refused_at")
    return {"files": list(refused[:5]), "number": refused.count()}


def newest_data(user):
    """Card of the team's home: how fresh the data are."""
    return freshness(user)


def jobs(user):
    """Card of the team's home: work that waits, runs or failed, and whether the worker lives."""
    wanted = Job.objects.visible_to(user).exclude(state__in=["done", "cancelled"])
    last = installed.get_model("status", "Heartbeat").objects.last(WORKER)
    return {
        "jobs": list(wanted[:8]),
        "last": last,
        "silent": worker_is_silent(last, timezone.now()),
    }
