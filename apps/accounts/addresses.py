"""Which network address a request comes from, and which addresses are one client."""

from ipaddress import IPv6Address, ip_address, ip_network

SUBSCRIBER = 64
"""Bits of an IPv6 address that name the line; the rest a single computer changes at will."""


def networks(texts):
    """The networks of a list of addresses such as `10.0.0.1` or `10.0.0.0/8`.

    Raises
    ------
    ValueError
        If one of them is no address.
    """
    return tuple(ip_network(text.strip()) for text in texts)


def client_address(remote, forwarded, trusted):
    """Address of the client behind proxies that are ours.

    Each proxy writes at the right end of `X-Forwarded-For` who spoke to it; whatever stands
    further left may have been invented by the client. So the header is read from the right, as
    long as the speaker is a trusted proxy, and not at all if the first one is not.

    Parameters
    ----------
    remote : str
        Address of the connection.
    forwarded : str
        The header `X-Forwarded-For`, possibly empty.
    trusted : sequence of IPv4Network or IPv6Network
        Our proxies.

    Returns
    -------
    str
        The nearest address that is not one of our proxies.

    Examples
    --------
    >>> client_address("127.0.0.1", "6.6.6.6, 192.0.2.7", networks(["127.0.0.1"]))
    '192.0.2.7'
    >>> client_address("192.0.2.7", "6.6.6.6", networks(["127.0.0.1"]))
    '192.0.2.7'
    """
    speakers = [remote, *reversed(forwarded.split(","))] if forwarded else [remote]
    found = remote
    for speaker in speakers:
        try:
            address = plain(speaker.strip())
        except ValueError:
            break
        found = str(address)
        if not any(address in network for network in trusted):
            break
    return found


def plain(text):
    """An address; one of IPv4 that is wrapped in IPv6 is unwrapped."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def one_client(request):
    """What counts as one client where attempts are counted: the address, or its IPv6 line.

    Parameters
    ----------
    request : HttpRequest
        Its `REMOTE_ADDR` is the client's, see `middleware.ClientAddress`.

    Returns
    -------
    str or None
        None where the connection has no address, as with a socket of the machine.
    """
    try:
        address = plain(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), SUBSCRIBER), strict=False).network_address)
    return str(address)
