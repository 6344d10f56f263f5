"""The tables of the portal as rows of plain values, for backup and restore."""

from contextlib import contextmanager
from itertools import islice

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

LEFT_OUT = {"sessions", "django_q"}
"""Apps whose rows stay behind: people sign in again, and the queue holds messages, not work."""

AT_ONCE = 500


def models(left_out=False):
    """Models with a table of their own; those left out of a backup only on demand."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        if left_out or model._meta.app_label not in LEFT_OUT
    ]


def migrations():
    """What has been done to the database, as texts."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


@contextmanager
def snapshot():
    """Read all tables as they are at one instant, while others write."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # Django's own would keep writers out
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def fields(model):
    """Columns of a model."""
    return model._meta.concrete_fields


def rows(model):
    """Rows of a table, lists of values in the order of `fields`."""
    names = [field.attname for field in fields(model)]
    found = model._base_manager.order_by("pk").values_list(*names)
    return found.iterator(chunk_size=AT_ONCE)


def empty():
    """Remove all rows, in the open transaction."""
    with connection.cursor() as cursor:
        for model in models(left_out=True):
            cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")


class RowRefused(ValueError):
    """A line of a table that is no row of it: says which, what it holds, what was expected."""


def fill(model, values):
    """Write rows as they were, without anything that saving a model would add to them.

    Parameters
    ----------
    model : Model
    values : iterable of list
        First the attribute names of the columns, then the rows in that order.

    Yields
    ------
    int
        Number of rows written since the one before.

    Raises
    ------
    RowRefused
        If a line has other columns or values than the table.
    """
    values = iter(values)
    chosen = _columns(model, next(values, None))
    places = ", ".join(["%s"] * len(chosen))
    names = ", ".join(_quoted(field.column) for field in chosen)
    statement = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES ({places})"
    numbered = ((line, _prepared(chosen, row, line)) for line, row in enumerate(values, start=2))
    with connection.cursor() as cursor:
        while some := list(islice(numbered, AT_ONCE)):
            _insert(cursor, statement, some)
            yield len(some)


def _columns(model, names):
    """Fields of the first line of a table."""
    known = {field.attname: field for field in fields(model)}
    if not isinstance(names, list) or sorted(map(str, names)) != sorted(known):
        raise RowRefused(f"line 1 is {_cut(names)}, expected the columns {', '.join(known)}")
    return [known[name] for name in names]


def _prepared(chosen, row, line):
    """Values of a row as the database takes them."""
    if not isinstance(row, list) or len(row) != len(chosen):
        raise RowRefused(f"line {line} is {_cut(row)}, expected a list of {len(chosen)} values")
    prepared = []
    for field, value in zip(chosen, row, strict=True):
        try:
            prepared.append(field.get_db_prep_save(field.to_python(value), connection))
        except (ValidationError, ValueError, TypeError, OverflowError, AttributeError) as error:
            kind = field.get_internal_type()
            raise RowRefused(
                f"line {line} has {_cut(value)} as {field.attname}, expected a value of {kind}"
            ) from error
    return prepared


def _insert(cursor, statement, some):
    """Insert rows together; where the database refuses one, find it and name its line."""
    try:
        with transaction.atomic():
            cursor.executemany(statement, [row for _, row in some])
    except (Error, OverflowError, TypeError, ValueError) as error:
        for line, row in some:
            try:
                with transaction.atomic():
                    cursor.execute(statement, row)
            except (Error, OverflowError, TypeError, ValueError) as refused:
                raise RowRefused(
                    f"line {line} is {_cut(row)}, expected a row that the database takes; "
                    f"it says: {_said(refused)}"
                ) from error
        raise


def settle():
    """Let new rows follow the restored ones, and forget what was known of the old ones.

    Raises
    ------
    RowRefused
        If a row points to one that is not there.
    """
    try:
        connection.check_constraints()
    except Error as error:
        raise RowRefused(f"a row points to one that is missing: {_said(error)}") from error
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(statement)
    ContentType.objects.clear_cache()


def look_again():
    """Let the database learn what its tables hold now; outside any transaction.

    Without it, both choose their indexes by what was there before, and PostgreSQL writes each page
    again when it is first read.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")


def _quoted(name):
    return connection.ops.quote_name(name)


def _said(error):
    """What the database says, on one line; some say the key on the second."""
    return " ".join(str(error).split())[:300]


def _cut(value):
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
