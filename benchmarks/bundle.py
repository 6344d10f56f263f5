"""Memory that a ZIP of 200 files takes while it is sent, against one built in memory first."""

import io
import json
import resource
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FILES = 200
BYTES = 1_000_000
FEW = 10


def main():
    """Measure each way in a process of its own, print JSON: megabytes above the start."""
    if len(sys.argv) > 1:
        return _measure(sys.argv[1], int(sys.argv[2]))
    results = {
        f"{way}, {number} files": json.loads(
            subprocess.run(
                [sys.executable, "-m", "benchmarks.bundle", way, str(number)],
                stdout=subprocess.PIPE,
                check=True,
            ).stdout
        )
        for way in ("streamed", "in memory")
        for number in (FEW, FILES)
    }
    json.dump(results, sys.stdout)


def _measure(way, number):
    from apps.archive import bundle

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{index}.fits") for index in range(number)]
        for path in paths:
            path.write_bytes(b"x" * BYTES)
        items = [bundle.Item(p.name, "0" * 64, BYTES, "L1", "V01", "http://x", p) for p in paths]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sent = sum(map(len, _WAYS[way](items)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    json.dump({"MB": (peak - before) / 1024, "sent": sent}, sys.stdout)


def _streamed(items):
    from apps.archive import bundle

    return bundle.packed(items, _chunks)


def _in_memory(items):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for item in items:
            archive.writestr(item.name, item.product.read_bytes())
    return [held.getvalue()]


def _chunks(path):
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            yield chunk


_WAYS = {"streamed": _streamed, "in memory": _in_memory}


if __name__ == "__main__":
    main()
