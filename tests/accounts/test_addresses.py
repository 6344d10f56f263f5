"""Whose address a request has: what a proxy of ours says, and nobody else."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.addresses import client_address, networks, one_client
from apps.accounts.middleware import ClientAddress

PROXIES = networks(["127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"])
OURS = ("127.0.0.1", "10.20.30.40", "2001:db8:ffff::7")
addresses = st.ip_addresses().filter(lambda a: not any(a in network for network in PROXIES))
anything = st.text(st.characters(codec="ascii"), max_size=60)


@given(addresses, anything)
def test_what_a_stranger_says_of_itself_counts_for_nothing(address, header):
    assert client_address(str(address), header, PROXIES) == client_address(str(address), "", ())


@given(addresses, anything, st.lists(st.sampled_from(OURS), max_size=3))
def test_through_our_proxies_the_client_is_whom_the_first_of_them_saw(client, forged, chain):
    header = ", ".join([forged, str(client), *chain])
    expected = client_address(str(client), "", ())
    assert client_address("127.0.0.1", header, PROXIES) == expected


@given(anything, anything)
def test_no_text_breaks_it(remote, header):
    assert isinstance(client_address(remote, header, PROXIES), str)


def test_without_proxies_the_connection_is_all_that_counts():
    assert client_address("127.0.0.1", "192.0.2.7", ()) == "127.0.0.1"


def test_an_unreadable_entry_ends_the_search_at_the_last_proxy():
    assert client_address("127.0.0.1", "192.0.2.7, unknown", PROXIES) == "127.0.0.1"


@pytest.mark.parametrize("text", ["proxy", "10.0.0.1/8", "300.1.1.1"])
def test_a_proxy_that_is_no_address_stops_the_start_and_is_named(settings, text):
    settings.TRUSTED_PROXIES = ["127.0.0.1", text]
    with pytest.raises(ImproperlyConfigured, match=rf"TRUSTED_PROXIES: '?{text}.*10\.0\.0\.0/8"):
        ClientAddress(None)


@pytest.mark.parametrize(
    ("remote", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("", None),
        ("unix:", None),
    ],
)
def test_one_client_is_an_address_or_an_ipv6_line(rf, remote, client):
    assert one_client(rf.get("/", REMOTE_ADDR=remote)) == client
