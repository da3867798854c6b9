"""The description of the API, and what it says of a call and its answer."""

import json
import re
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).parents[4] / "crates/api/openapi.json"
METHODS = {"GET": "get", "HEAD": "get", "PUT": "put", "POST": "post", "DELETE": "delete"}
PROBLEM = "application/problem+json"
BASE = "urn:openapi"


class Document:
    """The description. With `closed`, an answer may have no member that the description does not name."""

    def __init__(self, path=FILE, closed=True):
        self.text = json.loads(Path(path).read_text(encoding="utf-8"))
        self.routes = [self._route(path, item) for path, item in self.text["paths"].items()]
        if closed:
            for schema in self._schemas():
                close(schema, True)
            for schema in self.text["components"]["schemas"].values():
                close(schema, False)
        resource = Resource.from_contents(self.text, default_specification=DRAFT202012)
        self.registry = Registry().with_resource(BASE, resource)

    def _route(self, path, item):
        base = item.get("servers", self.text["servers"])[0]["url"].rstrip("/")
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(base + path))
        return re.compile(pattern), path, item

    def _schemas(self):
        """The schemas of the answers."""
        responses = list(self.text["components"]["responses"].values())
        for _, operation in self.operations():
            responses += operation["responses"].values()
        for response in responses:
            for media in response.get("content", {}).values():
                yield media["schema"]

    def operations(self):
        """All operations, each with its name, such as `get /company`."""
        for path, item in self.text["paths"].items():
            for method in sorted(set(METHODS.values())):
                if method in item:
                    yield f"{method} {path}", item[method]

    def find(self, method, path):
        """The path of the description that a path belongs to and the name of the operation. None where there is none."""
        # A HEAD is answered as a GET.
        method = METHODS.get(method)
        for pattern, known, item in self.routes:
            if pattern.fullmatch(path.split("?")[0]):
                return known, f"{method} {known}" if method in item else None
        return None, None

    def operation(self, name):
        method, path = name.split(" ")
        return self.text["paths"][path][method]

    def resolved(self, value):
        """The value that a reference means, with the pointer to it."""
        while "$ref" in value:
            value = self.at(value["$ref"])
        return value

    def at(self, pointer):
        value = self.text
        for step in pointer.removeprefix("#/").split("/"):
            value = value[step.replace("~1", "/").replace("~0", "~")]
        return value

    def mistake(self, value, schema):
        """What is wrong with a value, by a schema of the description. None if nothing is."""
        return mistake(self._validator(json.dumps(schema)), value)

    @cache
    def _validator(self, schema):
        # References in it are those of the description.
        schema = {"$id": BASE + ":use", **absolute(json.loads(schema))}
        return Draft202012Validator(schema, registry=self.registry, format_checker=FormatChecker())


def mistake(validator, value):
    worst = best_match(validator.iter_errors(value))
    return worst and f"{worst.json_path}: {worst.message[:300]}"


def absolute(schema):
    """The schema with references that hold outside of the description, too."""
    if isinstance(schema, list):
        return [absolute(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: BASE + value if name == "$ref" and isinstance(value, str) else absolute(value)
        for name, value in schema.items()
    }


def close(schema, use):
    """Rejects members that a schema does not name. Only where it is used: by itself, it may be a part of another."""
    for child in [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]:
        if isinstance(child, dict):
            close(child, True)
    for child in [part for word in ("allOf", "oneOf", "anyOf") for part in schema.get(word, [])]:
        close(child, False)
    if use and any(word in schema for word in ("$ref", "properties", "allOf", "oneOf", "anyOf")):
        schema.setdefault("unevaluatedProperties", False)
