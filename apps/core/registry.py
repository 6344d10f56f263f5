"""How a high app shows itself on the pages of a low one, without an upward import.

One small class and its instances, filled in `AppConfig.ready()`. Nobody makes another.

A time page asks `overlays` for events and `panels` for rows; a record's page asks `related` for
links; the time bar and a record's page ask `facts`; the ingest asks `readers` how to read a product
type as a series, and `recorders`, under the key of a type, how to make records of a file of it,
``record(product, stix_file)``, in the open transaction and again if it is read again; the home page
asks `highlights` for the newest data, ``newest(user) -> dict or None``, registered with the
``template`` that shows the dict as ``newest``; the team's home asks `cards` in the same way,
``card(user) -> dict or None``, shown as ``card``. The search box asks `search`,
``find(text, user) -> [Hit, ...]`` (see `core.search`), registered with ``examples`` for the page
without answers: ``{what can be typed: [phrase, ...]}``. A decision of a curator asks `writers`,
under the model's label, how changed records are saved with what is made of them,
``write(records, field_names)``, in the open transaction; it is registered with ``turn()``, which
waits until no other change of such records is under way: called before a row is locked, so that
nobody waits for somebody who waits for him.

An overlay provides ``events(span, user) -> [(start_ms, stop_ms, label), ...]``. A panel provides
``part(span, user, points, options) -> {column: array or JSON value}`` and is registered with
``page`` (``"quicklook"``), ``figure`` (``stack -> [figure, ...]``, see `core.plots`), ``series``
(its key, for the ETag), ``quantity`` (what the units apply to) and ``note`` (its definition). For a
time page, registered with its ``page``, a related entry provides ``links(span, user) -> [(title,
address), ...]``; with ``page="product"`` it does so for the range of a file's record. Facts
registered with ``page="range"`` are ``facts(span, user) -> [(words, note, address), ...]``, the
note and the address may be empty; with ``page="product"``, ``facts(product, user) -> [(label,
value, unit), ...]``.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One registration: a key, what it provides, and how it is presented."""

    key: str
    provide: object
    title: str = ""
    audience: str = "public"
    options: dict = field(default_factory=dict)


class Registry:
    """An ordered collection of entries under unique keys."""

    def __init__(self, name):
        self.name = name
        self._entries = {}

    def register(self, key, provide, *, title="", audience="public", **options):
        """Add an entry; the key must be new.

        Raises
        ------
        ValueError
            If the key is taken.
        """
        if key in self._entries:
            raise ValueError(f"{self.name}: {key!r} is registered twice; choose another key")
        self._entries[key] = Entry(key, provide, title, audience, options)

    def get(self, key):
        """The entry of a key, or None."""
        return self._entries.get(key)

    def __iter__(self):
        return iter(list(self._entries.values()))

    def open_to(self, is_team):
        """Entries a viewer may see: the public ones, and the team's for the team."""
        return [entry for entry in self if is_team or entry.audience == "public"]

    def told(self, page, about, user, is_team):
        """What all entries registered for a page provide about something, one after the other."""
        entries = [entry for entry in self.open_to(is_team) if entry.options.get("page") == page]
        return [row for entry in entries for row in entry.provide(about, user)]

    def between(self, span, user, is_team):
        """Events of a time range by entry, as the event strip shows them."""
        return [
            {"title": entry.title, "spans": list(entry.provide(span, user))}
            for entry in self.open_to(is_team)
        ]


overlays = Registry("overlays")
panels = Registry("panels")
related = Registry("related")
facts = Registry("facts")
readers = Registry("readers")
recorders = Registry("recorders")
highlights = Registry("highlights")
cards = Registry("cards")
search = Registry("search")
writers = Registry("writers")
