"""README's table and the settings name the same variables."""

import re
from pathlib import Path

from tests.architecture.imports import ROOT

VARIABLE = re.compile(r"\benv\.(?:\w+|ENVIRON\.get)\(\s*\"([A-Z_]+)\"")
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def documented():
    """Variables of README's settings table, with what each says."""
    readme = Path(ROOT, "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Settings\n")[2].partition("\n## ")[0]
    return {name: text for name, default, text in ROW.findall(section)}


def test_every_variable_of_the_settings_is_in_the_readme_and_no_other():
    settings = Path(ROOT, "stixportal", "settings.py").read_text(encoding="utf-8")
    assert set(documented()) == set(VARIABLE.findall(settings))


def test_every_variable_is_explained():
    assert [name for name, text in documented().items() if len(text) < 15] == []


def test_variables_are_read_in_the_settings_alone():
    elsewhere = [
        str(path.relative_to(ROOT))
        for folder in ("apps", "stixportal")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if re.search(r"os\.(environ\b|getenv)", path.read_text(encoding="utf-8"))
        # `serve` reads none, it hands them on to its children.
        and path.name not in {"settings.py", "wsgi.py", "environment.py", "serve.py"}
    ]
    assert elsewhere == []
