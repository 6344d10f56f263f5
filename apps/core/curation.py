"""What a decision changes in a record, and whether it can be taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

UNDO_FOR = timedelta(hours=24)
"""How long a decision can be taken back."""


class DecisionRefused(Exception):
    """A decision cannot be carried out; nothing was changed."""


@dataclass(frozen=True)
class Decision:
    """An action that asks before it acts.

    Parameters
    ----------
    action : str
        Name of the action.
    title : str
        What is done, such as ``"Change access"``.
    form_class : type
        A `core.forms.DecisionForm`.
    effect : callable
        ``effect(records) -> dict`` with ``facts``, a list of (label, value), and perhaps
        ``choices``, rows of a table under ``heads``.
    carry_out : callable
        ``carry_out(request, answers, records)`` acts and tells the curator.
    """

    action: str
    title: str
    form_class: type
    effect: Callable
    carry_out: Callable


def may_be_undone(made_at, now):
    """Whether a decision of that time is young enough to be taken back."""
    return now - made_at <= UNDO_FOR


def differences(record, values):
    """Fields whose value is another one, as JSON keeps them.

    Parameters
    ----------
    record : object
    values : dict
        Field name to its new value.

    Returns
    -------
    dict
        Field name to [value before, value after].
    """
    return {
        name: [stored_as(getattr(record, name)), stored_as(value)]
        for name, value in values.items()
        if getattr(record, name) != value
    }


def stored_as(value):
    """A value as JSON keeps it: an instant as ISO 8601 with all its digits."""
    return value.isoformat() if isinstance(value, datetime) else value


def read_as(field, value):
    """A kept value as its field holds it; the reverse of `stored_as`."""
    return field.to_python(value)


def is_as_left(change, records, newest):
    """Whether a record is as a decision left it.

    Parameters
    ----------
    change : Change
        With `pk`, `record` and `values`.
    records : dict
        Primary key to record; without it, it was deleted.
    newest : dict
        Primary key of the record to that of its newest change.
    """
    record = records.get(change.record)
    if record is None or newest[change.record] != change.pk:
        return False
    return all(
        stored_as(getattr(record, name)) == after for name, (_, after) in change.values.items()
    )
