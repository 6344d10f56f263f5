"""The settings file of a fresh portal: written once, with a secret of its own, for its owner."""

import os
import stat
import subprocess
import sys

import pytest

from stixportal.environment import prepare
from tests.architecture.imports import ROOT


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
    assert (found["INSECURE"], found["DEMO"]) == ("1", "1")
    assert "DEBUG" not in found
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


@pytest.mark.parametrize(
    "password",
    ["$HOME", "a$b", "$$", "#x", "a # b", " edges ", "'quoted'", '"quoted"', "a'b\"c",
     r"back\\slash\n", "end\\", "a=b", "\u20acuro", "export X=1"],
)  # fmt: skip
def test_any_password_of_one_line_comes_back_from_the_file_and_the_environment(path, password):
    prepare(path, demo=True, environ={"DEMO_PASSWORD": password})
    for own in ({"ENV_FILE": str(path)}, {"DEMO_PASSWORD": password}):
        program = (
            "import os, environ\n"
            "if 'ENV_FILE' in os.environ: environ.Env.read_env(os.environ['ENV_FILE'])\n"
            "from stixportal import settings\n"
            "import sys; sys.stdout.buffer.write(settings.DEMO_PASSWORD.encode())"
        )
        environment = {k: v for k, v in os.environ.items() if k != "DEMO_PASSWORD"} | own
        command = [sys.executable, "-c", program]
        found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
        assert found.stdout.decode() == password


@pytest.mark.parametrize("password", ["two\nlines", "nul\x00", "bell\x07", "line\u2028separator"])
def test_a_password_that_no_line_can_hold_ends_the_set_up_with_the_reason(path, password):
    with pytest.raises(SystemExit, match="DEMO_PASSWORD"):
        prepare(path, demo=True, environ={"DEMO_PASSWORD": password})
    assert not path.exists()
