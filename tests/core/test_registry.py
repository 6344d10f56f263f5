"""Registries: how high apps show themselves on low pages."""

import pytest

from apps.core.registry import Registry


@pytest.fixture
def events():
    """A registry with one public entry and one of the team."""
    registry = Registry("events")
    registry.register("flares", len, title="Flares", colour=3)
    registry.register("commands", max, audience="team")
    return registry


def test_entries_come_in_the_order_of_their_registration(events):
    assert [entry.key for entry in events] == ["flares", "commands"]


def test_an_entry_keeps_what_it_was_registered_with(events):
    entry = events.get("flares")
    assert (entry.provide, entry.title, entry.options) == (len, "Flares", {"colour": 3})


def test_an_unknown_key_is_none(events):
    assert events.get("storms") is None


def test_the_team_sees_more_entries_than_a_visitor(events):
    assert [entry.key for entry in events.open_to(is_team=False)] == ["flares"]
    assert [entry.key for entry in events.open_to(is_team=True)] == ["flares", "commands"]


def test_a_key_cannot_be_taken_twice(events):
    with pytest.raises(ValueError, match="events: 'flares' is registered twice"):
        events.register("flares", min)


def test_registering_while_walking_is_safe(events):
    for entry in events:
        events.register(entry.key + "-again", min)
    assert len(list(events)) == 4
