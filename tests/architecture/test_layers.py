"""Apps import downwards only, and from each other only what is meant for others."""

from tests.architecture.imports import ROOT, app_of, imports, may_use_django, modules, planted

LAYERS = [
    {"core"},
    {"accounts", "search"},
    {"archive"},
    {"ancillary", "pages", "status"},
    {"telemetry", "calibration"},
    {"quicklook", "housekeeping", "science", "operations"},
    {"flarelist"},
    {"imaging", "datarequests"},
    {"sdcapi", "hapi", "simulator"},
]
HEIGHT = {app: height for height, apps in enumerate(LAYERS) for app in apps}
OPEN_TO_OTHERS = {"models", "managers"}
"""Django files of an app that others may import; its pure modules are open too, all of core is."""


def faults(root):
    """Every import that breaks a rule, as a sentence."""
    found = []
    for path in modules(root / "apps"):
        if len(path.relative_to(root).parts) < 3:
            continue
        app = app_of(path, root)
        for item in imports(path, root):
            found += [
                f"{path.relative_to(root)}:{item.line} {fault}"
                for fault in faults_of(app, item.target.split("."), root)
            ]
    return found


def faults_of(app, target, root):
    """What is wrong with one import of an app."""
    if target[0] == "stixportal":
        yield "imports stixportal, which nobody may"
    if target[0] != "apps" or len(target) < 2 or target[1] == app:
        return
    other = target[1]
    if app not in HEIGHT or other not in HEIGHT:
        yield f"{app} or {other} has no layer"
    elif HEIGHT[other] >= HEIGHT[app]:
        yield f"{app} imports {other}, which is not lower"
    elif other != "core" and len(target) > 2:
        path = root.joinpath(*target[:3]).with_suffix(".py")
        if may_use_django(path, root) and target[2] not in OPEN_TO_OTHERS:
            yield f"{app} imports {other}.{target[2]}; only models, managers and pure modules"


def test_apps_import_only_from_lower_layers_and_only_what_is_open():
    assert faults(ROOT) == []


def test_every_app_has_a_layer():
    apps = {path.parent.name for path in (ROOT / "apps").glob("*/apps.py")}
    assert apps <= HEIGHT.keys()


def test_planted_faults_are_found(tmp_path):
    root = planted(
        tmp_path,
        {
            "apps/core/views.py": "def late():\n    from apps.archive.models import DataProduct\n",
            "apps/quicklook/views.py": "from ..science import plots\nimport stixportal.urls\n",
            "apps/imaging/views.py": "from apps.archive.views import download\n",
            "apps/imaging/tasks.py": "from apps.archive import series, models\n",
            "apps/imaging/api.py": "from apps.core.api import VisibleViewSet\n",
            "apps/newcomer/views.py": "from apps.core import views\n",
        },
    )
    assert faults(root) == [
        "apps/core/views.py:2 core imports archive, which is not lower",
        "apps/imaging/views.py:1 imaging imports archive.views; "
        "only models, managers and pure modules",
        "apps/newcomer/views.py:1 newcomer or core has no layer",
        "apps/quicklook/views.py:1 quicklook imports science, which is not lower",
        "apps/quicklook/views.py:2 imports stixportal, which nobody may",
    ]
