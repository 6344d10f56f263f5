"""Which module imports which: a walk over the syntax trees, for the tests of this folder."""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

DJANGO_FILES = frozenset(
    {
        *("apps", "models", "managers", "ingest", "views", "urls", "api", "filters", "forms"),
        *("tables", "storage", "feeds", "middleware", "admin", "tasks"),
    }
)
DJANGO_FOLDERS = frozenset({"management", "migrations", "templatetags"})


@dataclass(frozen=True)
class Import:
    """One import: `module` (a file) imports the dotted name `target`."""

    module: Path
    line: int
    target: str


def modules(root):
    """Python files below a folder, migrations left out."""
    return sorted(path for path in root.rglob("*.py") if "migrations" not in path.parts)


def imports(path, root):
    """Every import of a file, relative ones made absolute, wherever it stands in the file."""
    package = path.relative_to(root).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(path, node.lineno, name.name)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            source = ".".join(part for part in (base, node.module) if part)
            for name in node.names:
                yield Import(path, node.lineno, f"{source}.{name.name}")


def app_of(path, root):
    """The app a file belongs to."""
    return path.relative_to(root).parts[1]


def may_use_django(path, root):
    """Whether a file of an app is on the closed list of those that may import Django."""
    inner = path.relative_to(root).parts[2:]
    return inner[0] in DJANGO_FOLDERS or (len(inner) == 1 and path.stem in DJANGO_FILES)


def planted(folder, files):
    """Write a small tree of apps, to prove that a fault in it is found."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
