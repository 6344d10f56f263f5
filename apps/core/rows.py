"""Records as rows of a file: CSV and VOTable, piece by piece, whatever their number."""

import csv
import io
from dataclasses import dataclass
from xml.sax.saxutils import escape

from astropy.io.votable.tree import Field, Resource, TableElement, VOTableFile

_TYPES = {
    "integer": ("long", None),
    "number": ("double", None),
    "boolean": ("boolean", None),
    "string": ("char", "*"),
}
_MARK = "</TABLEDATA>"


@dataclass(frozen=True)
class Heading:
    """One column: its name, its JSON type, its unit, and what it means."""

    name: str
    kind: str = "string"
    unit: str = ""
    text: str = ""


def csv_rows(headings, rows):
    """A CSV file (RFC 4180): one line of names, then the rows; an absent value is empty.

    Parameters
    ----------
    headings : sequence of Heading
    rows : iterable of dict

    Yields
    ------
    str
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([heading.name for heading in headings])
    for row in rows:
        writer.writerow([_plain(row[heading.name]) for heading in headings])
        if buffer.tell() > 1 << 15:
            yield _taken(buffer)
    yield _taken(buffer)


def votable_rows(headings, rows, *, name, text=""):
    """A VOTable 1.4 in TABLEDATA form; an absent value is an empty cell.

    The frame is made by astropy with no row in it, and the rows are put into its middle.

    Parameters
    ----------
    headings : sequence of Heading
    rows : iterable of dict
    name, text : str
        Of the table.

    Yields
    ------
    str
    """
    before, after = _frame(headings, name, text)
    yield before
    for row in rows:
        cells = (escape(str(_plain(row[heading.name]))) for heading in headings)
        yield "<TR>" + "".join(f"<TD>{cell}</TD>" for cell in cells) + "</TR>\n"
    yield after


def _plain(value):
    """A value as text files write it; lists are joined by blanks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _taken(buffer):
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _frame(headings, name, text):
    """What stands before and after the rows."""
    votable = VOTableFile()
    resource = Resource()
    votable.resources.append(resource)
    table = TableElement(votable, name=name)
    table.description = text
    resource.tables.append(table)
    for heading in headings:
        datatype, size = _TYPES[heading.kind]
        field = Field(
            votable, name=heading.name, ID=heading.name, datatype=datatype, arraysize=size,
            unit=heading.unit or None,
        )  # fmt: skip
        field.description = heading.text
        table.fields.append(field)
    table.create_arrays(1)
    for column in table.fields:
        if column.arraysize:
            table.array[column.name][0] = b""
    written = io.BytesIO()
    votable.to_xml(written)
    whole = written.getvalue().decode()
    first, last = whole.index("<TABLEDATA>") + len("<TABLEDATA>"), whole.index(_MARK)
    return whole[:first] + "\n", whole[last:]
