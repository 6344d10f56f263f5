"""Parts of files: which bytes are asked for, and what a download answers."""

import pytest

from apps.accounts.models import Export
from apps.archive import storage
from apps.archive.ranges import Unsatisfiable, still_valid, wanted
from tests.factories import a_product

CONTENT = bytes(range(256)) * 40
SIZE = len(CONTENT)


@pytest.fixture
def product(db, data_dir):
    """A public file of known bytes."""
    return a_product(content=CONTENT)


def asked(client, product, **headers):
    """An answer and its bytes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = client.get(product.get_download_url(), headers=named)
    body = response.getvalue()
    if "Content-Length" in response.headers:
        assert int(response.headers["Content-Length"]) == len(body)
    return response, body


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=10-19", (10, 19)),
        ("bytes=990-2000", (990, 999)),
        ("bytes=5-", (5, 999)),
        ("bytes=-1", (999, 999)),
        ("bytes=-5000", (0, 999)),
        ("Bytes=1-2", (1, 2)),
        ("", None),
        ("bytes=-", None),
        ("bytes=9-1", None),
        ("bytes=0-1,5-6", None),
        ("lines=1-2", None),
        ("bytes=a-b", None),
        ("bytes=\u0661-2", None),
        ("bytes=1-" + "9" * 30, None),
    ],
)
def test_a_range_header_is_read(header, expected):
    assert wanted(header, 1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_without_a_byte_of_the_file_cannot_be_satisfied(header):
    with pytest.raises(Unsatisfiable):
        wanted(header, 1000)


def test_no_range_of_an_empty_file_can_be_satisfied():
    with pytest.raises(Unsatisfiable):
        wanted("bytes=-1", 0)


def test_a_condition_holds_for_the_strong_tag_and_the_date_alone():
    date = "Tue, 24 Nov 2026 15:00:00 GMT"
    for condition, fits in (
        ("", True),
        ('"a"', True),
        (date, True),
        ('W/"a"', False),
        ("b", False),
    ):
        assert still_valid(condition, '"a"', date) is fits


@pytest.mark.django_db
@pytest.mark.db
@pytest.mark.parametrize("first", [0, 1, 4000, SIZE - 1])
def test_a_part_of_a_file_is_its_bytes(visitor, product, first):
    last = min(first + 99, SIZE - 1)
    response, body = asked(visitor, product, Range=f"bytes={first}-{last}")
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert body == CONTENT[first : last + 1]
    assert response.headers["ETag"] == f'"{product.sha256}"'


@pytest.mark.django_db
@pytest.mark.db
def test_parts_put_together_are_the_file(visitor, product):
    pieces = [
        asked(visitor, product, Range=f"bytes={at}-{at + 999}")[1] for at in range(0, SIZE, 1000)
    ]
    assert b"".join(pieces) == CONTENT


@pytest.mark.django_db
@pytest.mark.db
def test_a_range_behind_the_end_answers_416_with_the_size(visitor, product):
    response, body = asked(visitor, product, Range=f"bytes={SIZE}-")
    assert (response.status_code, body) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.django_db
@pytest.mark.db
def test_several_ranges_and_foreign_words_get_the_whole_file(visitor, product):
    for header in ("bytes=0-1,5-6", "lines=1-2", "bytes=9-1"):
        response, body = asked(visitor, product, Range=header)
        assert (response.status_code, body) == (200, CONTENT)
        assert response.headers["Accept-Ranges"] == "bytes"


@pytest.mark.django_db
@pytest.mark.db
def test_a_part_is_given_only_of_the_content_it_continues(visitor, product):
    etag, part = f'"{product.sha256}"', "bytes=0-9"
    date = asked(visitor, product)[0].headers["Last-Modified"]
    for condition, status in ((etag, 206), (date, 206), ('"other"', 200), (f"W/{etag}", 200)):
        response, _ = asked(visitor, product, Range=part, If_Range=condition)
        assert response.status_code == status


@pytest.mark.django_db
@pytest.mark.db
def test_what_a_browser_has_is_not_sent_again(visitor, product):
    first, _ = asked(visitor, product)
    for name in ("ETag", "Last-Modified"):
        condition = "If_None_Match" if name == "ETag" else "If_Modified_Since"
        response, body = asked(visitor, product, **{condition: first.headers[name]})
        assert (response.status_code, body) == (304, b"")
    response, _ = asked(visitor, product, If_Match='"other"')
    assert response.status_code == 412


@pytest.mark.django_db
@pytest.mark.db
def test_head_tells_of_a_part_without_sending_it(visitor, product):
    response = visitor.head(product.get_download_url(), headers={"Range": "bytes=0-9"})
    assert (response.status_code, response.headers["Content-Length"]) == (206, "10")
    assert response.getvalue() == b""


@pytest.mark.django_db
@pytest.mark.db
def test_a_file_that_is_cut_or_gone_answers_404_and_not_half(visitor, product):
    storage.absolute(product).write_bytes(CONTENT[:100])
    assert asked(visitor, product)[0].status_code == 404
    storage.absolute(product).unlink()
    assert asked(visitor, product, Range="bytes=0-9")[0].status_code == 404


@pytest.mark.django_db
@pytest.mark.db
def test_a_path_that_leaves_the_archive_is_not_served(visitor, product, data_dir):
    (data_dir / "secret").write_bytes(CONTENT)
    for path in ("../secret", "/etc/hostname", "L1/../../secret"):
        type(product).objects.filter(pk=product.pk).update(path=path)
        assert asked(visitor, product)[0].status_code == 404


@pytest.mark.django_db
@pytest.mark.db
def test_what_the_team_takes_of_hidden_files_is_written_down(visitor, team, product):
    hidden = a_product("sci-xray-cpd", access="team", content=CONTENT)
    asked(team, product)
    assert not Export.objects.exists()
    asked(team, hidden)
    asked(team, hidden, Range="bytes=0-9")
    team.head(hidden.get_download_url()).getvalue()
    written = [(export.what, export.size) for export in Export.objects.order_by("pk")]
    assert written == [(hidden.name, SIZE), (hidden.name, 10)]
