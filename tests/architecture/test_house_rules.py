"""Rules of the house that a search can hold: sizes, forbidden words, clean templates."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.imports import ROOT, modules

FILE_LINES = 400
FUNCTION_LINES = 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}
MAY_ASK_FOR_ALL = {"ingest", "tasks", "admin"}
CODE = [ROOT / "apps", ROOT / "stixportal"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLE_OR_SCRIPT = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE
)
FOREIGN = re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//", re.I)


def python_files():
    """Own Python files, tests included."""
    folders = [*CODE, ROOT / "tests", ROOT / "benchmarks"]
    return [path for folder in folders for path in modules(folder)]


def body_lines(function):
    """Lines of a function's statements: neither its signature nor its docstring."""
    statements = function.body[ast.get_docstring(function) is not None :]
    return function.end_lineno - statements[0].lineno + 1 if statements else 0


def long_functions(path):
    """Name and length of every function that is too long."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = body_lines(node)
            if lines > FUNCTION_LINES:
                yield f"{path.name}: {node.name} has {lines} lines, at most {FUNCTION_LINES}"


def test_no_file_is_longer_than_its_limit():
    files = [*python_files(), *(ROOT / "stixportal").rglob("*.js")]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {str(path): n for path, n in lengths.items() if n > FILE_LINES} == {}


def test_settings_are_one_short_file():
    assert len(Path(ROOT, "stixportal", "settings.py").read_text().splitlines()) < 200


def test_no_function_is_longer_than_its_limit():
    assert [fault for path in python_files() for fault in long_functions(path)] == []


def test_a_long_function_is_found(tmp_path):
    path = tmp_path / "long.py"
    path.write_text("def f():\n" + "    g()\n" * (FUNCTION_LINES + 1) + "\n\ndef h():\n    g()\n")
    assert list(long_functions(path)) == ["long.py: f has 41 lines, at most 40"]


def test_modules_have_names_that_say_something():
    assert [path for path in python_files() if path.stem in FORBIDDEN_NAMES] == []


def test_every_module_of_an_app_says_what_it_is():
    silent = [
        str(path)
        for path in python_files()
        if path.stem not in {"__init__", "apps"}
        and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def test_plots_carry_no_script_of_their_own():
    word = "Custom" + "JS"
    assert [path for folder in CODE for path in modules(folder) if word in path.read_text()] == []


def test_whole_tables_are_asked_for_only_where_the_full_view_is_meant():
    whole = re.compile(r"\.objects\.all\(\)|\._(?:default|base)_manager\b")
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules(ROOT / "apps")
        if path.stem not in MAY_ASK_FOR_ALL and "management" not in path.parts
        if whole.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_hold_no_inline_style_or_script_and_nothing_from_other_hosts(path):
    text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text(), flags=re.S)
    assert STYLE_OR_SCRIPT.findall(text) == []
    assert FOREIGN.findall(text) == []


@pytest.mark.parametrize(
    "fault", ['<p style="x">', "<a onclick=f()>", "<style>", "<script>f()</script>"]
)
def test_planted_faults_in_templates_are_found(fault):
    assert STYLE_OR_SCRIPT.search(fault)
