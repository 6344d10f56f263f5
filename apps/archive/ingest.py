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
from apps.archive.models import DataProduct, IngestRun, Quarantined, Series, SeriesBlock
from apps.core.curation import DecisionRefused
from apps.core.registry import readers, recorders
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
    files, outcomes = storage.collect(paths), []
    for path in files:
        outcomes.append(ingest_file(path))
        if progress and progress(len(outcomes), len(files), outcomes[-1]):
            break
    return outcomes


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
    if not _is_read(product_type):
        return 0
    waiting = DataProduct.objects.filter(product_type=product_type, dispatched=False)
    keys = list(waiting.order_by("start", "pk").values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            one_at_a_time()
            product = DataProduct.objects.get(pk=key)
            _dispatch(product, DataProduct.objects.filter(stem=product.stem))
    return len(keys)


def save_decided(decided, fields):
    """Save what a curator decided about products, and rebuild each day of the store once.

    Parameters
    ----------
    decided : list of DataProduct
        With their new values.
    fields : list of str
        Names of the fields; `withdrawn` settles which versions stand.

    Raises
    ------
    DecisionRefused
        If a file that rules one of the days cannot be read; the transaction must be rolled back.
    """
    one_at_a_time()
    for product in decided:
        product.updated_at = timezone.now()  # bulk_update saves no more than it is told
    DataProduct.objects.bulk_update(decided, [*fields, "updated_at"], batch_size=_AT_ONCE)
    touched = {product.pk: product for product in decided}
    if "withdrawn" in fields:
        for stem in sorted({product.stem for product in decided}):
            versions = DataProduct.objects.settle_versions(stem)
            touched |= {version.pk: version for version in versions}
    for key in sorted({product.product_type for product in touched.values()}):
        files = [product for product in touched.values() if product.product_type == key]
        _rebuild(key, files, _open_decided)


def ingest_again(product, *, now=None):
    """Read an archived file anew: its header, its findings and its days of the store.

    Parameters
    ----------
    product : DataProduct
    now : datetime, optional
        The present, UTC.

    Returns
    -------
    Outcome
        A file that cannot be read, or no longer is what was taken in, is refused with a reason;
        then everything stays as it was.
    """
    now, clock, path = now or timezone.now(), time.monotonic(), storage.absolute(product)
    try:
        with fitsfile.examined(path) as (description, stix_file), transaction.atomic():
            one_at_a_time()
            if description.sha256 != product.sha256:
                raise Refused(f"{product.name}: the archived file is not the one taken in")
            product.header = description.header | {"ROWS": description.rows}
            product.report = description.findings
            product.save(update_fields=["header", "report"])
            DataProduct.objects.note(product, description.raw_files)
            SeriesBlock.objects.filter(
                series__key=product.product_type, day__in=_days([product])
            ).delete()
            _dispatch(product, [product], stix_file)
            reason = "read again for a curator"
            _log(product.name, IngestRun.Outcome.KNOWN, now, clock, product=product, reason=reason)
    except (*_REASONS, storage.StorageError, OSError) as error:
        reason = _printable(str(error))
        _log(product.name, IngestRun.Outcome.REFUSED, now, clock, product=product, reason=reason)
        return Outcome(product.name, REFUSED, product, reason)
    return Outcome(product.name, KNOWN, product)


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
        DataProduct.objects.note(product, given.description.raw_files)
    _log(product.name, IngestRun.Outcome.KNOWN, given.now, given.clock, product=product)
    return Outcome(product.name, KNOWN, product)


def _record(given, relative):
    """Write everything that follows from a placed file, or nothing."""
    with transaction.atomic():
        one_at_a_time()
        known = DataProduct.objects.filter(sha256=given.description.sha256).first()
        if known is not None:
            return _known(known, given)
        product = _new_product(given.description, given.product_type, relative, given.now)
        _inherit_access(product)
        product.save()
        DataProduct.objects.note(product, given.description.raw_files)
        versions = DataProduct.objects.settle_versions(product.stem)
        product.superseded = all(one.superseded for one in versions if one.pk == product.pk)
        _dispatch(product, versions, given.stix_file)
        _log(product.name, IngestRun.Outcome.TAKEN_IN, given.now, given.clock, product=product)
        for refused in Quarantined.objects.filter(sha256=product.sha256):
            transaction.on_commit(partial(storage.discard_quarantined, refused.path))
            refused.delete()
    return Outcome(product.name, TAKEN_IN, product)


def one_at_a_time():
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
        dispatched=_is_read(product_type.key),
        header=description.header | {"ROWS": description.rows},
        report=description.findings,
        ingested_at=now,
    )


def _inherit_access(product):
    """Give a version the access of the one that stands, so none is shown or hidden by chance.

    A curator's decision thus holds for versions to come, and for older ones that come late.
    """
    same = DataProduct.objects.filter(stem=product.stem, simulated=product.simulated)
    standing = same.order_by("superseded", "-version").first()  # the newest where all are withdrawn
    if standing is not None:
        product.access, product.release_at = standing.access, standing.release_at


def _dispatch(product, versions, stix_file=None):
    """Hand the days of all versions of a product to the capability that reads it."""
    open_file = partial(_open_archived, product, stix_file)
    if recorder := recorders.get(product.product_type):
        with open_file(product) as opened:
            recorder.provide(product, opened)
    _rebuild(product.product_type, versions, open_file)
    if _is_read(product.product_type) and not product.dispatched:
        product.dispatched = True
        product.save(update_fields=["dispatched"])


def _rebuild(product_type, files, open_file):
    """Rebuild the days of the store that files of a type touch, if the type is a series."""
    if entry := readers.get(product_type):
        Series.objects.rebuild(entry.provide, _days(files), open_file)


def _is_read(product_type):
    """Whether a capability takes in what files of a type hold."""
    return bool(readers.get(product_type) or recorders.get(product_type))


def _days(files):
    """UTC days since 1970 that files touch."""
    days = set()
    for file in files:
        days.update(range(to_ms(file.start) // DAY_MS, to_ms(file.stop) // DAY_MS + 1))
    return sorted(days)


@contextmanager
def _open_decided(product):
    """Give an archived file for a decision about it, or about one of the same days."""
    try:
        with fitsfile.open_stix(storage.absolute(product)) as archived:
            yield archived
    except (ValueError, TypeError, storage.StorageError) as error:
        raise DecisionRefused(
            f"archived file {product.path} cannot be read ({error}); nothing was changed. "
            "Withdraw this file first, or restore it from a backup"
        ) from error


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
