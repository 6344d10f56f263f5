"""What every operation of the interface has in common, written into its OpenAPI description."""

PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "title": {"type": "string", "description": "What went wrong, in general."},
        "status": {"type": "integer", "description": "The HTTP status again."},
        "detail": {"type": "string", "description": "What went wrong here, and what to change."},
        "errors": {
            "type": "array",
            "description": "The parameters that were wrong.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "example": {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "format 'xml' is unknown; write json or csv or votable",
        "errors": [
            {
                "field": "format",
                "message": "format 'xml' is unknown; write json or csv or votable",
            }
        ],
    },
}
ERRORS = {
    "400": "A parameter is wrong or unknown; `errors` names it.",
    "401": "The token is wrong, expired or revoked.",
    "403": "The account may not do this.",
    "404": "Nothing is there, or it is not public.",
    "405": "The interface is for reading: GET, HEAD and OPTIONS.",
    "406": "None of the forms that Accept names is there.",
    "412": "If-Match names another state.",
    "429": "The limit of requests is used up; Retry-After says for how many seconds.",
}
HEADERS = {
    "ETag": ("string", "State of the answer, for If-None-Match."),
    "RateLimit-Limit": ("integer", "Requests allowed in a minute."),
    "RateLimit-Remaining": ("integer", "Requests left."),
    "RateLimit-Reset": ("integer", "Seconds until there are more."),
}
TABLES = {
    "text/csv": "The whole filtered list, or all rows of the range, as comma-separated values.",
    "application/x-votable+xml": "The whole filtered list as a VOTable.",
}


def complete(result, generator, request, public):
    """Add errors, headers, file forms and the parameter `format` to each operation."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path in result["paths"].values():
        for operation in path.values():
            _complete(operation)
    return result


def _complete(operation):
    responses = operation["responses"]
    found = responses["200"]
    if not found.get("description"):
        found["description"] = "The answer."
    found["headers"] = {
        name: {"schema": {"type": kind}, "description": text}
        for name, (kind, text) in HEADERS.items()
    }
    forms = ["json"]
    for media_type, text in TABLES.items():
        if media_type in found["content"]:
            forms.append("csv" if media_type == "text/csv" else "votable")
            found["content"][media_type] = {"schema": {"type": "string", "description": text}}
    responses["304"] = {"description": "The client has it already, by its ETag."}
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for status, text in ERRORS.items():
        content = {"application/problem+json": reference}
        responses[status] = {"description": text, "content": content}
    asked = {parameter["name"]: parameter for parameter in operation.get("parameters", ())}
    asked["format"] = {
        "in": "query",
        "name": "format",
        "description": "Form of the answer; it wins over the header Accept.",
        "schema": {"type": "string", "enum": forms, "default": "json"},
    }
    for parameter in asked.values():
        if parameter["in"] == "query":
            parameter["allowEmptyValue"] = True  # counts as absent: forms send all their fields
    operation["parameters"] = list(asked.values())
