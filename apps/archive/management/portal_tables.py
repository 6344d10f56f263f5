"""The tables of the portal as rows of plain values, for backup and restore."""

from contextlib import contextmanager
from itertools import islice

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction
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


def fill(model, columns, values):
    """Write rows as they were, without anything that saving a model would add to them.

    Parameters
    ----------
    model : Model
    columns : list of str
        Attribute names, in the order of the values.
    values : iterable of list
    """
    known = {field.attname: field for field in fields(model)}
    chosen = [known[name] for name in columns]
    places = ", ".join(["%s"] * len(chosen))
    names = ", ".join(_quoted(field.column) for field in chosen)
    statement = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES ({places})"
    values = iter(values)
    with connection.cursor() as cursor:
        while some := list(islice(values, AT_ONCE)):
            cursor.executemany(
                statement,
                [
                    [
                        field.get_db_prep_save(field.to_python(value), connection)
                        for field, value in zip(chosen, row, strict=True)
                    ]
                    for row in some
                ],
            )
            yield len(some)


def settle():
    """Let new rows follow the restored ones, and forget what was known of the old ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(statement)
    ContentType.objects.clear_cache()


def _quoted(name):
    return connection.ops.quote_name(name)
