"""The texts that come with the portal: whole, short, linked, and true where a program can tell."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from apps.archive.ingest import ingest_file
from tests.synthetic import write_lightcurve

TEXTS = Path(__file__).parents[2] / "fixtures" / "pages"
FILES = sorted(TEXTS.glob("*/*.md"))

HEADS = {
    "articles": ({"title", "section", "order", "summary", "access"}, set()),
    "news": ({"title", "date", "summary", "access"}, set()),
    "glossary": ({"term", "aliases", "short", "access"}, {"see"}),
    "home": ({"title", "order"}, {"icon", "page"}),
}
"""Folder -> keys that its files must have, and those that they may have."""

SECTIONS = {"Instrument", "Reading the pages", "Data", "Programs", "Portal", "Help"}

VIEWS = (
    *("home", "quicklook:lightcurves", "archive:products", "archive:product", "search:search"),
    *("status:status", "status:team", "accounts:tokens", "accounts:login", "api:docs"),
    *("ancillary:ephemeris", "ancillary:pointing", "ancillary:light-time"),
    *("housekeeping:housekeeping", "housekeeping:parameters"),
    *("calibration:runs", "calibration:run", "calibration:transmission"),
)
"""Pages that have a help text."""

ADDRESSES = {
    *("/ancillary/", "/ancillary/pointing/", "/ancillary/light-time/"),
    *("/quicklook/lightcurves/", "/data/products/", "/search/", "/status/", "/health/", "/news/"),
    *("/glossary/", "/docs/", "/contact/", "/accounts/login/", "/accounts/tokens/", "/admin/"),
    *("/housekeeping/", "/housekeeping/parameters/"),
    *("/api/v1/docs/", "/.well-known/security.txt"),
    *("/api/v1/docs/", "/.well-known/security.txt", "/calibration/"),
}
"""Pages of the portal to which texts may lead, besides articles."""

HOVER = 160
LINE = 100
PROMISES = re.compile(r"\b(coming soon|stay tuned|will soon|soon be|we will|we plan|we intend)\b")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def split(path):
    """Head and body of a file; the head as a list of (key, value)."""
    opening, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert opening == ""
    return [tuple(part.strip() for part in line.split(":", 1)) for line in head.splitlines()], body


def head(path):
    """The head of a file."""
    return dict(split(path)[0])


def prose(path):
    """The body of a file without code."""
    return re.sub(r"`[^`\n]*`", "", BLOCK.sub("", split(path)[1]))


def articles():
    """Slug -> head of each article."""
    return {path.stem: head(path) for path in FILES if path.parent.name == "articles"}


def names_of(path):
    """The term of a file and its other names."""
    known = head(path)
    return [known["term"], *filter(None, map(str.strip, known["aliases"].split(",")))]


def every_file(test):
    """Run a test on each file."""
    return pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")(test)


@every_file
def test_a_file_has_the_head_of_its_kind_and_a_body(path):
    pairs, body = split(path)
    keys = [key for key, _ in pairs]
    needed, allowed = HEADS[path.parent.name]
    assert len(keys) == len(set(keys))
    assert needed <= set(keys) <= needed | allowed
    assert all(value for key, value in pairs if key != "aliases")
    assert body.startswith("\n")
    assert body.strip()
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem)
    assert len(path.stem) <= 80


@every_file
def test_values_of_the_head_can_be_read(path):
    known = head(path)
    assert known.get("access", "public") in ("public", "team")
    if path.parent.name == "articles":
        assert known["section"] in SECTIONS
    if "order" in known:
        assert known["order"].isdecimal()
    if "date" in known:
        assert date.fromisoformat(known["date"])
    if "summary" in known:
        assert is_one_sentence(known["summary"])


@every_file
def test_a_text_has_no_markup_of_the_web_and_no_long_line(path):
    body = split(path)[1]
    assert not re.search(r"</?[a-zA-Z!]", prose(path))
    for line in body.splitlines():
        assert len(line) <= LINE or line.startswith("|"), line


@every_file
def test_a_text_promises_nothing(path):
    assert not PROMISES.search(path.read_text(encoding="utf-8").lower())


@every_file
def test_links_lead_somewhere_that_the_reader_may_see(path):
    for target in re.findall(r"\]\(([^)]*)\)", split(path)[1]):
        if target.startswith("https://"):
            continue
        slug = re.fullmatch(r"/docs/([a-z0-9-]+)/", target)
        if slug:
            article = articles().get(slug[1])
            assert article, f"{path.name}: no article {slug[1]}"
            assert article["access"] == "public" or head(path).get("access") == "team"
        else:
            assert target in ADDRESSES, f"{path.name}: {target}"


def is_one_sentence(text):
    """Whether a text ends once, at its end."""
    return text.endswith(".") and not re.search(r"[.!?] [A-Z]", text)


def test_hover_texts_are_one_short_sentence():
    terms = [path for path in FILES if path.parent.name == "glossary"]
    assert len(terms) >= 60
    for path in terms:
        short = head(path)["short"]
        assert len(short) <= HOVER, path.stem
        assert is_one_sentence(short), path.stem


def test_no_two_terms_share_a_name():
    terms = [path for path in FILES if path.parent.name == "glossary"]
    counted = Counter(name.casefold() for path in terms for name in dict.fromkeys(names_of(path)))
    assert [name for name, number in counted.items() if number > 1] == []


def test_no_two_articles_share_a_title_or_a_place():
    titles = Counter(article["title"] for article in articles().values())
    places = Counter((article["section"], article["order"]) for article in articles().values())
    assert max(titles.values()) == max(places.values()) == 1


def test_every_page_has_its_help():
    for view in VIEWS:
        slug = f"help-{view.replace(':', '-')}"
        access = "team" if view == "status:team" else "public"
        assert articles()[slug]["access"] == access
        body = split(TEXTS / "articles" / f"{slug}.md")[1]
        assert body.count("\n- ") == 3, f"{slug}: three tips"
        assert "**Caution:**" in body
        assert len(body.strip().splitlines()) <= 18


def test_the_operators_article_names_only_commands_and_settings_that_exist():
    text = (TEXTS / "articles" / "operating.md").read_text(encoding="utf-8")
    readme = (TEXTS.parents[1] / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"^([A-Z_]{4,})=", text, re.MULTILINE):
        assert f"`{name}`" in readme, name


def examples(language):
    """The examples of the API guide in a language."""
    guide = (TEXTS / "articles" / "api-guide.md").read_text(encoding="utf-8")
    return [code for name, code in BLOCK.findall(guide) if name == language]


@pytest.fixture
def run(transactional_db, live_server, data_dir, tmp_path, now):
    """Run a program beside a portal that holds the light curves of 2020-05-06; gives its output."""
    day = write_lightcurve(tmp_path, "2020-05-06", n=10_000)
    assert ingest_file(day, now=now).status == "taken in"
    (tmp_path / ".curlrc").write_text("fail\n")
    environment = {"PORTAL": live_server.url, "CURL_HOME": str(tmp_path), "NO_PROXY": "*"}

    def program(*command):
        ran = subprocess.run(
            command, cwd=tmp_path, env=os.environ | environment, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    return program


@pytest.mark.db
def test_programs_of_the_api_guide_run_as_they_are(run):
    listed, proved, plotted = (run(sys.executable, "-c", code) for code in examples("python"))
    assert listed.endswith("solo_L1_stix-ql-lightcurve_20200506_V01.fits")
    assert proved.endswith("bytes of solo_L1_stix-ql-lightcurve_20200506_V01.fits")
    assert plotted.startswith("2020-05-06T10:00:")


@pytest.mark.db
@pytest.mark.skipif(not (shutil.which("curl") or os.environ.get("CI")), reason="no curl")
def test_commands_of_the_api_guide_run_as_they_are(run, tmp_path):
    _, listed, _, curves = (run("bash", "-ec", code) for code in examples("sh"))
    assert json.loads(listed)["count"] == 1
    assert "units: counts/s" in curves
    latest = tmp_path / "solo_L1_stix-ql-lightcurve_20200506.fits"
    assert latest.read_bytes().startswith(b"SIMPLE  =")
