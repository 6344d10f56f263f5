"""Files with a token: programs fetch what its owner sees, and nothing of it is shared."""

import io
import zipfile

import pytest
from django.test import Client

from apps.accounts.models import Export
from tests.accounts.test_tokens import issued, with_token
from tests.factories import a_product, a_user, in_days

pytestmark = [pytest.mark.db, pytest.mark.django_db]

CONTENT = b"SIMPLE  =" * 100
ZIP = "/data/bundle.zip"


@pytest.fixture
def hidden(data_dir):
    """A file that only the team may have."""
    return a_product(access="team", content=CONTENT)


@pytest.fixture
def member(db):
    """Somebody of the team, without a browser."""
    return a_user("team")


@pytest.fixture
def program(member):
    """A program with the token of a member."""
    return with_token(issued(member)[1])


def status(client, address, **options):
    """Status of an answer that is read to its end."""
    answer = client.get(address, **options)
    answer.getvalue()
    return answer.status_code


def addresses(product):
    """Every address that hands out a file or speaks of it."""
    latest = f"/data/latest/{product.stem}.fits"
    page = product.get_absolute_url()
    lists = ("/data/manifest.csv", "/data/download.sh", "/data/products/")
    return (product.get_download_url(), latest, ZIP, page, f"{page}record.json", *lists)


def test_a_program_of_the_team_fetches_a_hidden_file(hidden, program):
    answer = program.get(hidden.get_download_url())
    assert answer.getvalue() == CONTENT
    part = program.get(hidden.get_download_url(), headers={"Range": "bytes=0-8"})
    assert (part.status_code, part.getvalue()) == (206, CONTENT[:9])
    asked = program.head(hidden.get_download_url())
    assert (asked["Content-Length"], asked.getvalue()) == (str(len(CONTENT)), b"")


def test_the_latest_version_and_the_zip_open_to_a_program(hidden, program):
    moved = program.get(f"/data/latest/{hidden.stem}.fits")
    assert moved["Location"] == hidden.get_download_url()
    picked = {"rows": "selected", "pick": hidden.pk}
    for ask in (lambda: program.get(ZIP), lambda: program.post(ZIP, picked)):
        archive = zipfile.ZipFile(io.BytesIO(ask().getvalue()))
        assert archive.read(hidden.name) == CONTENT


def test_what_a_program_takes_is_written_down_under_the_id_of_its_request(hidden, program, member):
    answers = [program.get(hidden.get_download_url()), program.get(ZIP)]
    sizes = [len(answer.getvalue()) for answer in answers]
    written = Export.objects.order_by("pk").values_list("user", "size", "request_id")
    ids = [answer["X-Request-ID"] for answer in answers]
    assert list(written) == [(member.pk, *facts) for facts in zip(sizes, ids, strict=True)]


def test_the_token_of_an_account_outside_the_team_opens_no_hidden_file(hidden):
    outside = with_token(issued(a_user())[1])
    found = [status(outside, address) for address in addresses(hidden)[:5]]
    assert found == [404] * 5
    assert not Export.objects.exists()


def test_an_expired_embargo_needs_no_token_and_a_running_one_does(data_dir, program):
    over = a_product(access="embargoed", release_at=in_days(-1))
    running = a_product("sci-xray-cpd", access="embargoed", release_at=in_days(1))
    found = [status(Client(), one.get_download_url()) for one in (over, running)]
    assert found == [200, 404]
    assert status(program, running.get_download_url()) == 200


@pytest.mark.parametrize("header", ["Token nothing", "Token", "Token a b", "token stix_0"])
def test_a_wrong_token_is_a_401_at_every_address_even_for_a_public_file(data_dir, header, team):
    public = a_product()
    for address in addresses(public):
        for client in (Client(), team):
            answer = client.get(address, headers={"Authorization": header})
            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
            assert answer["Content-Type"] == "application/problem+json"
            assert "private" in answer["Cache-Control"]


def test_nothing_that_a_token_opened_stays_in_a_shared_cache(data_dir, program, hidden):
    public = a_product("sci-xray-cpd", content=CONTENT)
    for product in (public, hidden):
        for address in addresses(product):
            answer = program.get(address)
            answer.getvalue()
            assert answer.status_code in (200, 302)
            assert "private" in answer["Cache-Control"]
            assert "public" not in answer["Cache-Control"]
            assert "Authorization" in answer["Vary"]
    open_to_all = Client().get(public.get_download_url())
    open_to_all.getvalue()
    assert "public" in open_to_all["Cache-Control"]


def test_other_schemes_are_left_to_whoever_reads_them(data_dir):
    public = a_product()
    basic = Client(headers={"Authorization": "Basic dXNlcjpwYXNz"})
    assert status(basic, public.get_download_url()) == 200


def test_a_token_decides_beside_a_session_and_starts_none(hidden, team):
    outside = issued(a_user())[1]
    header = {"Authorization": f"Token {outside}"}
    assert status(team, hidden.get_download_url(), headers=header) == 404
    assert status(team, hidden.get_download_url()) == 200
    program = with_token(outside)
    program.get("/data/products/")
    assert "sessionid" not in program.cookies


def test_a_token_opens_no_form_that_changes_something(member):
    secret = issued(member)[1]
    browser = with_token(secret, enforce_csrf_checks=True)
    browser.force_login(member)
    for address in ("/accounts/logout/", "/accounts/tokens/"):
        assert browser.post(address, {}).status_code == 403
