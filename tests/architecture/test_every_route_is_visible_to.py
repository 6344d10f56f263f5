"""The canary: nothing of a hidden record reaches a visitor through any address.

A team-only record with a strange name is stored in every restricted model; then every GET route
is walked as a visitor. The name must appear nowhere, and nothing may break.
"""

from contextlib import nullcontext
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest
from django.apps import apps
from django.db import transaction

from apps.archive.models import IngestRun, Quarantined, Series
from apps.archive.series import Table
from apps.calibration.models import PixelCalibration, Spectra, Subspectrum
from apps.core.models import Job
from apps.core.registry import readers
from apps.core.timeaxis import DAY_MS, to_ms
from apps.status.tasks import beat
from tests.architecture.routes import every_route, filled
from tests.calibration.stored import a_run
from tests.factories import a_product, utc
from tests.pages.written import a_news, a_picture, a_term, an_article

pytestmark = [pytest.mark.db, pytest.mark.django_db]

NAME = "xylophonecanary"
COUNTS = 47_110_815
SINGLE = 47_110_816
"""The same as single precision holds it."""
DAY = utc("2021-11-11")
SPAN = {"start": "2021-11-11T00:00:00Z", "stop": "2021-11-12T00:00:00Z"}
QUERIES = ({}, SPAN, SPAN | {"parts": "lc,trig,rcr,var,spec,bkgm,loc", "points": "1000"})

UNREACHED = {
    "/admin/<url>": "catches every other address below /admin/ and asks to sign in",
}
"""Routes that are not walked, each with the reason."""


def a_job():
    """A job whose parameters and result hold the name."""
    return Job.objects.create(kind=NAME, parameters={"name": NAME}, result={"name": NAME})


def a_hidden_product():
    """A product of the team, its file, what its ingest said, and a refused one."""
    product = a_product(
        start=DAY,
        access="team",
        dispatched=True,
        stem=f"solo_L1_stix-ql-lightcurve_{NAME}",
        content=NAME.encode(),
        header={"ORIGIN": NAME},
        report=[NAME],
    )
    run = {"outcome": "taken in", "started_at": DAY, "seconds": 1}
    IngestRun.objects.create(name=product.name, product=product, **run)
    Quarantined.objects.create(
        name=product.name, path=NAME, sha256="0" * 64, size=1, reason=NAME, refused_at=DAY
    )
    return product


def a_hidden_block():
    """Light curves made of the team's product: the same number in every sample and band."""
    reader = readers.get("ql-lightcurve").provide
    time = np.arange(to_ms(DAY) + 2000, to_ms(DAY) + DAY_MS, 4000)
    columns = {column.name: np.ones((time.size, *column.shape)) for column in reader.columns}
    columns["counts"][:] = COUNTS
    columns = {column.name: columns[column.name].astype(column.dtype) for column in reader.columns}
    table = Table(time, columns, [[4, 10], [10, 15], [15, 25], [25, 50], [50, 84]])
    with transaction.atomic():
        Series.objects.rebuild(
            replace(reader, read=lambda file: table),
            [to_ms(DAY) // DAY_MS],
            lambda product: nullcontext(),
        )
    return Series.objects.get(key=reader.key).blocks.first()


def a_hidden_report():
    """Housekeeping made of a file of the team: the same number in every sample."""
    a_product("hk-maxi", start=DAY, access="team", stem=f"solo_L1_stix-hk-maxi_{NAME}")
    reader = readers.get("hk-maxi").provide
    time = np.arange(to_ms(DAY), to_ms(DAY) + DAY_MS, 64_000)
    columns = {column.name: np.ones(time.size, column.dtype) for column in reader.columns}
    columns["NIXD0003"][:] = COUNTS
    table = Table(time, columns)
    with transaction.atomic():
        Series.objects.rebuild(
            replace(reader, read=lambda file: table),
            [to_ms(DAY) // DAY_MS],
            lambda product: nullcontext(),
        )


def a_hidden_article():
    """A draft, and a public article that shows the hidden picture and says the hidden term."""
    an_article(body=f"RCR ![x](picture:{NAME})")
    return an_article(NAME, access="team", title=NAME, summary=NAME, body=NAME, section=NAME)


def a_hidden_term():
    """A draft of the glossary, explained in a public article."""
    return a_term("RCR", slug=NAME, access="team", short=NAME, aliases=NAME, body=NAME)


def a_hidden_run():
    """A fitted calibration run of a file of the team: the number in each channel."""
    product = a_product("cal-energy", start=DAY, access="team", name=f"{NAME}.fits")
    return a_run(product, start=DAY, counts=np.full((32, 12, 1024), COUNTS), gain=COUNTS)


CANARIES = {
    "core.Job": a_job,
    "archive.DataProduct": a_hidden_product,
    "archive.SeriesBlock": a_hidden_block,
    "calibration.CalibrationRun": a_hidden_run,
    "calibration.Subspectrum": lambda: Subspectrum.objects.first(),
    "calibration.Spectra": lambda: Spectra.objects.first(),
    "calibration.PixelCalibration": lambda: PixelCalibration.objects.first(),
    "pages.Article": a_hidden_article,
    "pages.News": lambda: a_news(NAME, access="team", title=NAME, summary=NAME, body=NAME),
    "pages.Term": a_hidden_term,
    "pages.Picture": lambda: a_picture(NAME, access="team", alt=NAME, credit=NAME),
}
"""How a record of each restricted model is made, in this order."""


@pytest.fixture
def canaries(data_dir):
    """One record of each restricted model."""
    beat()  # without a worker /health/ says 503
    made = {label: make() for label, make in CANARIES.items()}
    a_hidden_report()
    return made


def arguments(canaries):
    """What the arguments of the addresses are filled with, one dictionary for each record."""
    for record in canaries.values():
        meta = record._meta
        yield {
            "pk": record.pk,
            "id": record.pk,
            "object_id": record.pk,
            "content_type_id": 1,
            "app_label": meta.app_label,
            "format": "json",
            "key": NAME,
            "uidb64": "MQ",
            "token": NAME,
            "name": getattr(record, "name", NAME),
            "stem": getattr(record, "stem", NAME),
            **{"start": "1636588800", "span": "86400"},
            "number": record.pk,
            "slug": getattr(record, "slug", "grids"),
            "history_id": record.history.first().pk if hasattr(record, "history") else 1,
        }


def answer(client, address, query):
    """Status and everything a viewer gets, headers included, without the echo of the address."""
    response = client.get(address, query)
    body = response.getvalue() if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    for echo in {address, quote(address), quote(address, safe="")}:
        body = body.replace(echo.encode(), b"")
        headers = headers.replace(echo, "")
    return response.status_code, headers.encode() + b"\n" + body


def traces():
    """The name, and the counts in every form in which numbers travel."""
    yield NAME.encode()
    for value in (COUNTS, SINGLE, COUNTS / 4):
        yield str(int(value)).encode()
        for dtype in ("<i4", ">i4", "<f4", ">f4", "<f8", ">f8"):
            yield np.array([value]).astype(dtype).tobytes()


def test_every_restricted_model_has_a_canary():
    restricted = {m._meta.label for m in apps.get_models() if hasattr(m, "access_path")}
    assert restricted == CANARIES.keys()


def test_no_address_shows_a_hidden_record_to_a_visitor_and_none_breaks(canaries, visitor):
    visitor.raise_request_exception = False
    values = list(arguments(canaries))
    seen, broken, reached = [], [], set()
    for route in every_route():
        if route.pattern in UNREACHED:
            continue
        for address in filled(route, values):
            reached.add(route.pattern)
            for query in QUERIES:
                status, text = answer(visitor, address, query)
                if status >= 500:
                    broken.append(f"{address} {query}: {status}")
                seen += [f"{address} {query}: {t!r}" for t in traces() if t in text]
    assert broken == []
    assert seen == []
    assert {route.pattern for route in every_route()} == reached | UNREACHED.keys()


def test_the_team_sees_the_canary_so_the_walk_proves_something(canaries, team):
    product = canaries["archive.DataProduct"]
    assert NAME in team.get(product.get_absolute_url()).text
    for label in ("pages.Article", "pages.News", "pages.Term"):
        assert NAME in team.get(canaries[label].get_absolute_url()).text
    assert team.get(canaries["pages.Picture"].get_absolute_url()).status_code == 200
    run = canaries["calibration.CalibrationRun"].pk
    pages = {
        "/quicklook/lightcurves/data.csv": (SPAN, COUNTS),
        "/housekeeping/data.csv": (SPAN, SINGLE),
        f"/calibration/runs/{run}/spectra.csv": ({}, COUNTS),
    }
    for address, (query, number) in pages.items():
        _, csv = answer(team, address, query)
        assert str(number).encode() in csv


def test_a_hidden_record_answers_like_one_that_does_not_exist(canaries, visitor, team):
    product = canaries["archive.DataProduct"]
    for label in ("pages.Article", "pages.News", "pages.Picture"):
        assert visitor.get(canaries[label].get_absolute_url()).status_code == 404
    for address in (product.get_absolute_url(), product.get_download_url()):
        assert visitor.get(address).status_code == 404
        status, text = answer(team, address, {})
        assert status == 200
        assert NAME.encode() in text
