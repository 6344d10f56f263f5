"""The menu: who sees which entry, which is marked, and that none leads to a missing page."""

import pytest
from django.urls import resolve

from stixportal.navigation import FOOTER, MENU, PORTALS, Entry, links, portals

EVERYONE = {"public", "team", "staff"}


def labels(found):
    """What is shown."""
    return [link.label for link in found]


def test_an_entry_without_a_page_is_left_out():
    assert links([Entry("Nowhere", "nothing:at-all")], "/", EVERYONE) == []


def test_every_entry_that_is_shown_leads_to_a_page_of_its_name():
    for entries in (MENU, PORTALS, FOOTER):
        for link in links(entries, "/", EVERYONE):
            match = resolve(link.href)
            assert match.view_name in {e.url_name for e in entries if e.label == link.label}


def test_of_two_entries_with_one_label_the_first_that_exists_is_shown():
    pair = [Entry("API", "nothing:at-all"), Entry("API", "api:api-root"), Entry("API", "home")]
    assert [link.href for link in links(pair, "/", EVERYONE)] == ["/api/v1/"]


@pytest.mark.parametrize(
    ("audiences", "shown"),
    [
        ({"public"}, set()),
        ({"public", "team"}, {"Team home"}),
        (EVERYONE, {"Team home", "Jobs", "Admin"}),
    ],
)
def test_each_audience_has_its_entries(audiences, shown):
    found = set(labels(links(MENU, "/", audiences)))
    assert {"Quick look", "Data products"} <= found
    assert found & {"Team home", "Jobs", "Admin"} == shown


def test_the_nearest_entry_alone_is_marked():
    marked = [link.label for link in links(MENU, "/admin/core/job/7/", EVERYONE) if link.current]
    assert marked == ["Jobs"]
    assert not any(link.current for link in links(MENU, "/", EVERYONE))
    exact = [link for link in links(MENU, "/data/products/", EVERYONE) if link.exact]
    assert labels(exact) == ["Data products"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "User portal"),
        ("/data/products/", "User portal"),
        ("/team/", "Instrument team portal"),
        ("/admin/archive/", "Instrument team portal"),
    ],
)
def test_one_always_knows_which_portal_one_is_in(path, current):
    found = portals(path, {"public"})
    assert labels(found) == ["User portal", "Instrument team portal"]
    assert [link.label for link in found if link.current] == [current]


def test_keys_are_given_once():
    keys = [link.key for link in (*links(MENU, "/", EVERYONE), *links(FOOTER, "/", EVERYONE))]
    used = [key for key in keys if key]
    assert len(set(used)) == len(used)
    assert "h" not in used  # the home page's
