"""Django has a closed list of file names; every other module of an app is pure."""

from tests.architecture.imports import ROOT, imports, may_use_django, modules, planted

IMPURE = frozenset(
    {
        *("django", "rest_framework", "environ", "gunicorn", "whitenoise", "csp", "axes"),
        *("simple_history", "stixportal"),
    }
)


def faults(root):
    """Imports of Django, or of a module that may use it, by modules that may not."""
    found = []
    for path in modules(root / "apps"):
        if len(path.relative_to(root).parts) < 3 or may_use_django(path, root):
            continue
        for item in imports(path, root):
            target = item.target.split(".")
            framework = target[0] in IMPURE or target[0].startswith("django_")
            if framework or (target[0] == "apps" and is_django_file(target, root)):
                where = f"{path.relative_to(root)}:{item.line}"
                found.append(f"{where} is pure and imports {item.target}")
    return found


def is_django_file(target, root):
    """Whether `apps.<app>.<module>` names a file of the closed list."""
    return len(target) > 2 and may_use_django(root.joinpath(*target[:3]).with_suffix(".py"), root)


def test_modules_outside_the_closed_list_do_not_know_django():
    assert faults(ROOT) == []


def test_planted_faults_are_found(tmp_path):
    root = planted(
        tmp_path,
        {
            "apps/imaging/clean.py": "import numpy\nfrom django.conf import settings\n",
            "apps/imaging/plots.py": "from apps.archive import models\nimport django_q\n",
            "apps/imaging/__init__.py": "from .views import page\n",
            "apps/imaging/views.py": "import django\n",
            "apps/imaging/management/commands/clean.py": "import django\n",
            "apps/imaging/reading/models.py": "import django\n",
        },
    )
    assert faults(root) == [
        "apps/imaging/__init__.py:1 is pure and imports apps.imaging.views.page",
        "apps/imaging/clean.py:2 is pure and imports django.conf.settings",
        "apps/imaging/plots.py:1 is pure and imports apps.archive.models",
        "apps/imaging/plots.py:2 is pure and imports django_q",
        "apps/imaging/reading/models.py:1 is pure and imports django",
    ]
