"""Take files into the archive: identify, verify, store, dispatch, record.

The file is placed before its row is written, in one transaction with everything made of it. A
crash leaves at most a file without a row, which `check_archive` finds; a row without its file
cannot come about. Doing it twice changes nothing.
"""

import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from apps.archive import fitsfile, products, storage
from apps.archive.models import (
    DataProduct,
    IngestRun,
    Quarantined,
    RawFile,
    Series,
    TypeLength,
)
from apps.core.registry import readers
from apps.core.timeaxis import DAY_MS, to_ms

_AT_ONCE = 500  # databases limit the values of one question
TAKEN_IN, KNOWN, REFUSED = (outcome.value for outcome in IngestRun.Outcome)


class Refused(ValueError):
    """A sound file that this portal does not take."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: status is "taken in", "known" or "refused".

    A refused file without `quarantined` is still where it was, and only there.
    """

    name: str
    status: str
    product: DataProduct | None = None
    reason: str = ""
    quarantined: bool = False


@dataclass(frozen=True)
class _Given:
    """A file that is sound and recognised, still open."""

    path: Path
    description: fitsfile.Description
    product_type: products.ProductType
    stix_file: fitsfile.StixFile
    now: datetime
    clock: float


_REASONS = (fitsfile.FitsFileError, products.UnknownProduct, Refused)


def ingest_file(path, *, now=None):
    """Take one FITS file into the archive.

    Parameters
    ----------
    path : str or Path
        Stays where it is.
    now : datetime, optional
        The present, UTC.

    Returns
    -------
    Outcome
        A refused file is copied to the quarantine, with a reason a curator can act on.

    Raises
    ------
    storage.StorageError
        If the archive cannot keep files, for instance because the disk is full.
    django.db.OperationalError
        If the database is lost; the file may stay without a row until `check_archive`.
    """
    path, now, clock = Path(path), now or timezone.now(), time.monotonic()
    try:
        with fitsfile.examined(path) as (description, stix_file):
            product_type = products.identify(description)
            if description.simulated and not settings.DEMO:
                raise Refused(
                    f"{description.name}: made by the simulator, and this portal is not a "
                    "demonstration; set DEMO=1 in its environment to take in simulated data"
                )
            given = _Given(path, description, product_type, stix_file, now, clock)
            return _take_in(given)
    except _REASONS as error:
        return _refuse(path, error, now, clock)
    except storage.SourceChanged as error:
        return Outcome(_printable(path.name), REFUSED, reason=_printable(str(error)))


def ingest_paths(paths, progress=None):
    """Take in files and folders, one after the other.

    Parameters
    ----------
    paths : iterable of Path
        Folders are searched for ``*.fits``.
    progress : callable, optional
        ``progress(done, total, outcome)`` after each file; stops the rest by returning True.

    Returns
    -------
    list of Outcome
    """
    files, outcomes = collect(paths), []
    for path in files:
        outcomes.append(ingest_file(path))
        if progress and progress(len(outcomes), len(files), outcomes[-1]):
            break
    return outcomes


def collect(paths):
    """Files to take in: those named, and every visible ``*.fits`` below the folders named."""
    files = []
    for path in map(Path, paths):
        if path.is_dir() and not path.is_symlink():
            files += sorted(
                found
                for found in path.rglob("*.fits")
                if not found.name.startswith(".") and not found.is_dir()
            )
        else:
            files.append(path)
    return files


def unknown(paths):
    """Files whose very content the archive does not hold yet; none is opened as FITS.

    Parameters
    ----------
    paths : iterable of Path

    Returns
    -------
    list of Path
    """
    digests, known = {path: _digest(path) for path in paths}, set()
    asked = sorted({digest for digest in digests.values() if digest})
    for first in range(0, len(asked), _AT_ONCE):
        found = DataProduct.objects.filter(sha256__in=asked[first : first + _AT_ONCE])
        known.update(found.values_list("sha256", flat=True))
    return [path for path, digest in digests.items() if digest not in known]


def _digest(path):
    try:
        return storage.digest(path)[0]
    except OSError:
        return ""  # ingest itself says what is wrong with it


def dispatch_again(product_type):
    """Dispatch files that were taken in before their capability existed.

    Parameters
    ----------
    product_type : str
        Key of the registry.

    Returns
    -------
    int
        How many files were dispatched.
    """
    if readers.get(product_type) is None:
        return 0
    waiting = DataProduct.objects.filter(product_type=product_type, dispatched=False)
    keys = list(waiting.order_by("start", "pk").values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            _one_at_a_time()
            product = DataProduct.objects.get(pk=key)
            _dispatch(product, DataProduct.objects.filter(stem=product.stem))
    return len(keys)


def change_access(product):
    """Save who may see a product, and give its days in the store the same rule at once.

    Parameters
    ----------
    product : DataProduct
        With its new `access` and `release_at`.
    """
    with transaction.atomic():
        _one_at_a_time()
        product.save(update_fields=["access", "release_at"])
        _dispatch(product, [product])


def _take_in(given):
    path, description = given.path, given.description
    known = DataProduct.objects.filter(sha256=description.sha256).first()
    if known is not None:
        if not storage.absolute(known).exists():
            storage.place(path, known.path, known.sha256)
        return _known(known, given)
    wanted = f"{given.product_type.folder(description)}/{description.name}"
    relative = storage.place(path, wanted, description.sha256)
    try:
        return _record(given, relative)
    except _REASONS as error:
        outcome = _refuse(path, error, given.now, given.clock)
        storage.discard(relative)
        return outcome


def _known(product, given):
    with transaction.atomic():
        _note(product, given.description)
    _log(product.name, IngestRun.Outcome.KNOWN, given.now, given.clock, product=product)
    return Outcome(product.name, KNOWN, product)


def _record(given, relative):
    """Write everything that follows from a placed file, or nothing."""
    with transaction.atomic():
        _one_at_a_time()
        known = DataProduct.objects.filter(sha256=given.description.sha256).first()
        if known is not None:
            return _known(known, given)
        product = _new_product(given.description, given.product_type, relative, given.now)
        _inherit_access(product)
        product.save()
        _note(product, given.description)
        versions = DataProduct.objects.settle_versions(product.stem)
        product.superseded = all(one.superseded for one in versions if one.pk == product.pk)
        _dispatch(product, versions, given.stix_file)
        _log(product.name, IngestRun.Outcome.TAKEN_IN, given.now, given.clock, product=product)
        for refused in Quarantined.objects.filter(sha256=product.sha256):
            transaction.on_commit(partial(storage.discard_quarantined, refused.path))
            refused.delete()
    return Outcome(product.name, TAKEN_IN, product)


def _note(product, description):
    """Keep what finding a product rests on: its raw files, and the longest file of its type."""
    TypeLength.objects.note(product.product_type, product.stop - product.start)
    names = description.raw_files
    RawFile.objects.bulk_create([RawFile(name=name) for name in names], ignore_conflicts=True)
    product.raw_files.set(RawFile.objects.filter(name__in=names))


def _one_at_a_time():
    """Let ingests queue for one row: two versions of a product must see each other."""
    kinds = ContentType.objects.filter(app_label="archive", model="dataproduct")
    list(kinds.select_for_update(no_key=True))


def _new_product(description, product_type, relative, now):
    return DataProduct(
        product_type=product_type.key,
        level=description.level,
        stem=description.stem,
        name=description.name,
        version=description.version,
        complete=description.complete,
        created=description.created,
        sha256=description.sha256,
        size=description.size,
        path=relative,
        uid=description.uid,
        simulated=description.simulated,
        start=description.start,
        stop=description.stop,
        access=product_type.default_access(description.level).value,
        dispatched=readers.get(product_type.key) is not None,
        header=description.header | {"ROWS": description.rows},
        report=description.findings,
        ingested_at=now,
    )


def _inherit_access(product):
    """Give a version the access of the one that stands, so none is shown or hidden by chance.

    A curator's decision thus holds for versions to come, and for older ones that come late.
    """
    same = DataProduct.objects.filter(stem=product.stem, simulated=product.simulated)
    standing = same.latest().first()
    if standing is not None:
        product.access, product.release_at = standing.access, standing.release_at


def _dispatch(product, versions, stix_file=None):
    """Hand the days of all versions of a product to the capability that reads it."""
    entry = readers.get(product.product_type)
    if entry is None:
        return
    days = set()
    for version in versions:
        days.update(range(to_ms(version.start) // DAY_MS, to_ms(version.stop) // DAY_MS + 1))
    open_file = partial(_open_archived, product, stix_file)
    Series.objects.rebuild(entry.provide, sorted(days), open_file)
    if not product.dispatched:
        product.dispatched = True
        product.save(update_fields=["dispatched"])


@contextmanager
def _open_archived(new, stix_file, product):
    """Give the new file as it is open, or open an archived one; its damage is the archive's."""
    is_new = product.pk == new.pk
    try:
        if is_new and stix_file is not None:
            yield stix_file
        else:
            with fitsfile.open_stix(storage.absolute(product)) as archived:
                yield archived
    except (ValueError, TypeError) as error:
        reason = f"{product.name}: cannot be read as {product.product_type} ({error})"
        if is_new:
            raise fitsfile.FitsFileError(reason) from error
        raise storage.StorageError(
            f"archived file {product.path}: {reason}; {new.name} was not taken in. "
            "Run check_archive --checksums, restore the file, then ingest again"
        ) from error


def _refuse(path, error, now, clock):
    name, reason = _printable(path.name)[:200], _printable(str(error))
    if path.is_symlink():
        reason = f"{name}: a symbolic link is not followed; give the file itself"
        _log(name, IngestRun.Outcome.REFUSED, now, clock, reason=reason)
        return Outcome(name, REFUSED, reason=reason)
    try:
        sha256, size = storage.digest(path)
        relative = storage.quarantine(path, sha256)
    except (OSError, storage.SourceChanged):
        return Outcome(name, REFUSED, reason=reason)
    facts = {"name": name, "path": relative, "size": size, "reason": reason, "refused_at": now}
    with transaction.atomic():
        Quarantined.objects.get_or_create(sha256=sha256, defaults=facts)
        _log(name, IngestRun.Outcome.REFUSED, now, clock, reason=reason)
    return Outcome(name, REFUSED, reason=reason, quarantined=True)


def _log(name, outcome, now, clock, *, product=None, reason=""):
    IngestRun.objects.create(
        name=name,
        product=product,
        outcome=outcome.value,
        reason=reason,
        started_at=now,
        seconds=time.monotonic() - clock,
    )


def _printable(text):
    """Text without the control signs and half characters that databases refuse."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
