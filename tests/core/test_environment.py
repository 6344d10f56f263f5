"""The settings file of a fresh portal: written once, with a secret of its own, for its owner."""

import stat

import pytest

from stixportal.environment import prepare


@pytest.fixture
def path(tmp_path):
    """Where the settings file goes."""
    return tmp_path / ".env"


def values(path):
    """What a settings file says."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_a_portal_gets_a_secret_and_nothing_of_a_demonstration(path):
    assert prepare(path, demo=False, environ={})
    assert values(path).keys() == {"SECRET_KEY"}
    assert len(values(path)["SECRET_KEY"]) >= 50


def test_a_demonstration_gets_a_password_too(path):
    prepare(path, demo=True, environ={})
    found = values(path)
    assert (found["DEBUG"], found["DEMO"]) == ("1", "1")
    assert len(found["DEMO_PASSWORD"]) >= 12


def test_a_given_password_is_kept(path):
    prepare(path, demo=True, environ={"DEMO_PASSWORD": "given"})
    assert values(path)["DEMO_PASSWORD"] == "given"


def test_no_two_portals_have_the_same_secret(path, tmp_path):
    other = tmp_path / "other.env"
    prepare(path, demo=True, environ={})
    prepare(other, demo=True, environ={})
    for name in ("SECRET_KEY", "DEMO_PASSWORD"):
        assert values(path)[name] != values(other)[name]


def test_an_existing_file_is_never_touched(path):
    path.write_text("SECRET_KEY=mine\n")
    assert not prepare(path, demo=True, environ={})
    assert path.read_text() == "SECRET_KEY=mine\n"


def test_only_its_owner_reads_it_and_no_draft_is_left(path):
    prepare(path, demo=True, environ={})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
