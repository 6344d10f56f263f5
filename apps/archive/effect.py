"""What a decision about files would do, before it is made: numbers for the curator."""

from collections import Counter

from apps.archive.products import PRODUCTS
from apps.archive.series import version_rank
from apps.core.policy import Access, may_see
from apps.core.registry import readers
from apps.core.timeaxis import DAY_MS, from_ms, to_ms

SHOWN_DAYS = 5


def access_effect(files, access, now):
    """How many files a decision about their access would change, and who would see them.

    Parameters
    ----------
    files : list of DataProduct
        With ``access`` and ``release_at``.
    access : Access
        The new level; an embargo is taken to end later than `now`.
    now : datetime

    Returns
    -------
    dict
        ``changed``: files of another level (each, for an embargo: its end may differ);
        ``before`` and ``after``: files a visitor sees now and then.
    """
    different = sum(file.access != access or access == Access.EMBARGOED for file in files)
    return {
        "changed": different,
        "before": sum(seen_by_visitors(file, now) for file in files),
        "after": len(files) if access == Access.PUBLIC else 0,
    }


def seen_by_visitors(file, now):
    """Whether a visitor sees a file now."""
    return may_see(Access(file.access), file.release_at, is_team=False, is_owner=False, now=now)


def days_touched(files):
    """UTC days that files touch, by product type.

    Returns
    -------
    dict
        Product type to a sorted list of days since 1970.
    """
    found = {}
    for file in files:
        last = max(to_ms(file.start), to_ms(file.stop) - 1)
        days = range(to_ms(file.start) // DAY_MS, last // DAY_MS + 1)
        found.setdefault(file.product_type, set()).update(days)
    return {key: sorted(days) for key, days in sorted(found.items())}


def days_in_words(days):
    """Some days of a list by their date, and how many more.

    Examples
    --------
    >>> days_in_words([19079, 19080])
    '2022-03-28, 2022-03-29'
    """
    named = ", ".join(f"{from_ms(day * DAY_MS):%Y-%m-%d}" for day in days[:SHOWN_DAYS])
    more = len(days) - SHOWN_DAYS
    return f"{named} and {more} more" if more > 0 else named


def standing_effect(chosen, versions, withdrawn):
    """What happens to the products of some files if these are withdrawn or restored.

    Parameters
    ----------
    chosen : set of int
        Primary keys of the files.
    versions : list of DataProduct
        All versions of the products concerned.
    withdrawn : bool
        What the files become.

    Returns
    -------
    dict
        Numbers of products whose standing version is the ``same``, ``another`` one, or ``none``.
    """
    before, after = {}, {}
    for file in sorted(versions, key=version_rank):
        product = (file.stem, file.simulated)
        before.setdefault(product, None)
        if not file.withdrawn:
            before[product] = file.pk
        if not (withdrawn if file.pk in chosen else file.withdrawn):
            after[product] = file.pk
    kinds = Counter(
        "same" if after.get(product) == standing else "another" if product in after else "none"
        for product, standing in before.items()
    )
    return {kind: kinds[kind] for kind in ("same", "another", "none")}


def named(files):
    """The one file by its name, or how many."""
    return files[0].name if len(files) == 1 else f"{len(files)} files"


def access_title(number, access, release_at):
    """A decision about access as a sentence."""
    until = f" until {release_at:%Y-%m-%d %H:%M} UTC" if release_at else ""
    return f"{number} file{'s' if number != 1 else ''}: access {access}{until}"


def depending(files):
    """Facts: which days of the time-series store are made of these files."""
    read = [(key, days) for key, days in days_touched(files).items() if readers.get(key)]
    return [
        (f"{PRODUCTS[key].title}, days rebuilt", f"{len(days)}: {days_in_words(days)}")
        for key, days in read
    ] or [("Days of the time series that are rebuilt", "none")]
