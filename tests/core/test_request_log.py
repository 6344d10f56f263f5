"""Request ids and the log: every answer has an id, every request a line, and no line a secret."""

import json
import logging
import os
import sys
from datetime import UTC, datetime

import pytest
from django.forms.renderers import get_default_renderer
from django.test import Client
from django.urls import ResolverMatch, reverse

from apps.core import requestid
from apps.core.middleware import logged_path
from stixportal import logs
from tests.factories import a_product

pytestmark = [pytest.mark.db, pytest.mark.django_db]

FIELDS = {"method", "path", "status", "ms", "user"}


@pytest.fixture
def lines(tmp_path):
    """The lines that requests write during the test, as objects."""
    handler = logs.DailyFile(tmp_path / "logs", days=2)
    handler.setFormatter(logs.JsonLine())
    logger = logging.getLogger("portal.requests")
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in read(tmp_path)]
    logger.removeHandler(handler)
    handler.close()


def read(folder):
    """All lines below a folder."""
    return [line for path in folder.rglob("*.log") for line in path.read_text().splitlines()]


def a_record(message="hello", day="2026-03-01", **fields):
    """A log record of a day."""
    record = logging.makeLogRecord({"name": "apps.x", "msg": message, "levelname": "INFO"})
    record.created = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC).timestamp()
    record.fields = fields
    return record


def test_every_answer_has_an_id_and_that_of_a_proxy_is_kept(visitor):
    first, second = visitor.get("/"), visitor.get("/nothing/")
    assert len(first["X-Request-ID"]) == 32
    assert first["X-Request-ID"] != second["X-Request-ID"]
    given = visitor.get("/", headers={"X-Request-ID": "proxy-7f3a9c21"})
    assert given["X-Request-ID"] == "proxy-7f3a9c21"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, 'a"><script>', "two words", "ä" * 10])
def test_an_id_that_is_none_is_replaced(given):
    assert requestid.accepted(given) != given
    assert len(requestid.accepted(given)) == 32


def test_the_id_ends_with_its_request(visitor):
    visitor.get("/")
    assert requestid.current() == ""


def test_a_request_is_one_line_without_its_query(team, lines, data_dir):
    answer = team.get("/data/products/?name=secret")
    (line,) = lines()
    assert line.keys() >= FIELDS
    assert (line["method"], line["path"], line["status"]) == ("GET", "/data/products/", 200)
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["user"] == int(team.session["_auth_user_id"])
    assert line["ms"] > 0
    assert "secret" not in json.dumps(line)


def test_a_visitor_has_no_number_and_no_address_in_the_log(visitor, lines):
    visitor.get("/", REMOTE_ADDR="203.0.113.9", headers={"User-Agent": "a-browser"})
    (line,) = lines()
    assert line["user"] is None
    assert "203.0.113.9" not in json.dumps(line)
    assert "a-browser" not in json.dumps(line)


def test_a_link_that_holds_a_secret_is_logged_as_its_pattern(rf):
    route = "accounts/reset/<uidb64>/<token>/"
    request = rf.get("/accounts/reset/MQ/abc-def/")
    request.resolver_match = ResolverMatch(print, (), {"token": "abc-def"}, route=route)
    assert logged_path(request) == "/accounts/reset/<uidb64>/<token>/"


def test_a_fault_names_its_request_on_the_page_and_in_the_log(settings, lines, data_dir, caplog):
    a_product()
    settings.FORM_RENDERER = "nothing.at.all"  # breaks whatever draws a form
    client = Client(raise_request_exception=False)
    get_default_renderer.cache_clear()
    answer = client.get("/search/", {"q": "x"})
    settings.FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
    get_default_renderer.cache_clear()
    assert answer.status_code == 500
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.text
    assert lines()[-1]["status"] == 500


def test_a_missing_page_names_its_request_too(visitor):
    answer = visitor.get("/nothing/")
    assert answer["X-Request-ID"] in answer.text


def test_a_record_is_one_line_whatever_it_holds():
    text = logs.JsonLine().format(a_record('two\nlines \ud7ff\u2028 "quoted"', ms=1.5))
    assert len(text.splitlines()) <= 2  # U+2028 is a line to Python, not to JSON
    assert "\n" not in text
    assert json.loads(text)["ms"] == 1.5


def test_a_traceback_is_kept_and_never_endless():
    try:
        raise ValueError("x" * 100_000)
    except ValueError:
        record = a_record()
        record.exc_info = sys.exc_info()
    line = json.loads(logs.JsonLine().format(record))
    assert "ValueError" in line["traceback"]
    assert len(line["traceback"]) < 17_000


def test_each_day_has_its_file_and_old_ones_go(tmp_path):
    handler = logs.DailyFile(tmp_path, days=2)
    (tmp_path / "other.log").touch()
    for day in ("2026-02-27", "2026-02-28", "2026-03-01"):
        handler.emit(a_record(day, day))
    handler.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "other.log",
        "portal-2026-02-28.log",
        "portal-2026-03-01.log",
    ]


def test_processes_add_to_one_file_without_mixing_their_lines(tmp_path):
    """Four processes write at once; every line is whole."""
    children = []
    for number in range(4):
        child = os.fork()
        if child == 0:
            handler = logs.DailyFile(tmp_path, days=2)
            handler.setFormatter(logs.JsonLine())
            for place in range(200):
                handler.emit(a_record("x" * 3000, number=number, place=place))
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    found = {(line["number"], line["place"]) for line in map(json.loads, read(tmp_path))}
    assert found == {(number, place) for number in range(4) for place in range(200)}


def test_the_interface_answers_with_an_id_as_well(visitor, data_dir):
    assert visitor.get(reverse("api:product-list"))["X-Request-ID"]
