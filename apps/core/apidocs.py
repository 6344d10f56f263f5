"""The OpenAPI description arranged for people: resources, parameters, fields, examples."""

from apps.core.openapi import TABLES

PYTHON = """import json
from urllib.request import urlopen

address = "{address}"
with urlopen(address) as response:
    answer = json.load(response)

{lines}
"""
WALK = """import json
from urllib.request import urlopen

address = "{address}?type=ql&page_size=1000"
while address:
    with urlopen(address) as response:
        page = json.load(response)
    for record in page["results"]:
        print(record["download"], record["sha256"])
    address = page["next"]
"""
WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}


def resources(schema, host):
    """What the interface offers, one entry for each tag of the description.

    Parameters
    ----------
    schema : dict
        OpenAPI 3 description.
    host : str
        Where the portal answers, for the examples: ``https://stix.example.org``.

    Returns
    -------
    list of dict
        ``title``, ``slug``, ``operations`` and ``fields`` of a record.
    """
    found = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            title = operation["tags"][0]
            if "x-example" not in operation and "{" not in path:
                continue
            entry = found.setdefault(title, {"title": title, "operations": [], "fields": []})
            entry["slug"] = title.lower().replace(" ", "-")
            entry["operations"].append(_operation(path, method, operation, host))
            entry["fields"] = _fields(schema, operation)
    return list(found.values())


def walk(address):
    """A program that reads a whole list, for the documentation.

    Parameters
    ----------
    address : str
        Of the list.

    Returns
    -------
    str
    """
    return WALK.format(address=address)


def _operation(path, method, operation, host):
    content = operation["responses"]["200"]["content"]
    shown = {
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "parameters": [_parameter(one) for one in operation["parameters"]],
        "forms": [text for media_type, text in TABLES.items() if media_type in content],
    }
    example = operation.get("x-example")
    if example:
        address = f"{host}{path}?{example['query']}"
        shown["curl"] = f'curl "{address}"'
        shown["python"] = PYTHON.format(address=address, lines=example["python"])
    return shown


def _parameter(parameter):
    kind = parameter["schema"]
    return {
        "name": parameter["name"],
        "kind": _kind(kind),
        "default": kind.get("default", ""),
        "text": parameter.get("description", "").replace("`", ""),
    }


def _kind(kind):
    """The type of a value in words."""
    if "enum" in kind:
        return ", ".join(str(value) for value in kind["enum"] if value is not None)
    if kind.get("type") == "array":
        return "list"
    if "type" not in kind:
        return "object"
    words = WORDS.get(kind["type"], kind["type"])
    if {"minimum", "maximum"} <= kind.keys() and kind["maximum"] < 2**31:
        words = f"{kind['minimum']} to {kind['maximum']}"
    return words


def _fields(schema, operation):
    """The fields of a record: name, type, whether it may be null, meaning."""
    record = _resolved(
        schema, operation["responses"]["200"]["content"]["application/json"]["schema"]
    )
    listed = record["properties"].get("results")
    if listed:
        record = _resolved(schema, listed["items"])
    rows = []
    for name, kind in record["properties"].items():
        inner = _resolved(schema, kind)
        text = kind.get("description") or inner.get("description", "")
        rows.append(
            {"name": name, "kind": _kind(inner), "null": kind.get("nullable", False), "text": text}
        )
    return rows


def _resolved(schema, kind):
    """What a reference stands for."""
    reference = kind.get("$ref") or next((one["$ref"] for one in kind.get("allOf", ())), None)
    if reference is None:
        return kind
    return schema["components"]["schemas"][reference.rpartition("/")[2]]
