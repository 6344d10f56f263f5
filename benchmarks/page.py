"""Weight and server time of the light-curve page, as a deployment serves it.

The real day 2020-05-06 is taken in, static files are collected and compressed, gunicorn serves.
The weight is what Chromium receives over the wire on a first visit.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from benchmarks import environment, measure
from benchmarks.ingest import REFERENCE

PAGE = "/quicklook/lightcurves/?start=2020-05-06T00:00:00Z&stop=2020-05-07T00:00:00Z"
WINDOW = PAGE.replace("/?", "/window.bin?") + "&points=2000"


def main():
    """Serve, measure, print JSON."""
    os.environ["HASHED_STATIC"] = "1"
    environment.prepare()
    from django.core.management import call_command

    from apps.archive.ingest import ingest_file

    for path in sorted(REFERENCE.glob("solo_L1_stix-ql-*.fits")):
        ingest_file(path)
    call_command("collectstatic", interactive=False, verbosity=0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = _serve(port)
    try:
        json.dump(_measured(f"http://127.0.0.1:{port}"), sys.stdout)
    finally:
        server.terminate()
        server.wait()


def _serve(port):
    command = [sys.executable, "-m", "gunicorn", "stixportal.wsgi", "--worker-class", "gthread"]
    command += ["--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    command += ["--no-control-socket", "--log-level", "error"]
    server = subprocess.Popen(command, env=os.environ)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
            return server
        except OSError:
            time.sleep(0.2)
    server.terminate()
    raise SystemExit("gunicorn did not answer within 30 s")


def _measured(site):
    ways = {"html": lambda: _get(site + PAGE), "window": lambda: _get(site + WINDOW)}
    times = measure.alternate(ways, rounds=60, budget_s=30)
    weights = _weights(site + PAGE)
    return times | {"weights": weights}


def _get(address):
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def _weights(address):
    """Bytes on the wire of each resource of a first visit."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("STIX_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise SystemExit("no Chromium found; set STIX_CHROMIUM or install it")
    received = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        names = {}
        session.on(
            "Network.responseReceived",
            lambda event: names.update({event["requestId"]: event["response"]["url"]}),
        )
        session.on(
            "Network.loadingFinished",
            lambda event: received.update(
                {names[event["requestId"]].split("?")[0]: event["encodedDataLength"]}
            ),
        )
        page.goto(address, wait_until="networkidle")
        page.wait_for_selector("#plot[data-filled]")  # the samples count too, however late
        page.wait_for_load_state("networkidle")
        browser.close()
    return {Path(name).name or "page": size for name, size in received.items()}


if __name__ == "__main__":
    main()
