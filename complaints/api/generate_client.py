"""Writes ``client/generated.py`` from the API's description, for ``make client``.

A TypedDict for each shape, a method for each operation, named by the description. What
has no shape there (files in parts) is written by hand in ``transport``.
"""

import keyword
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("client") / "generated.py"
HEAD = '''"""The operations and shapes of the API; made by ``make client``."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, cast

from .transport import Transport, at
'''
PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}
METHODS = ("get", "post", "put", "patch", "delete")
BY_HAND = "/uploads/"
Schema = dict[str, Any]


def schema() -> Schema:
    """The description as the desk serves it."""
    from drf_spectacular.generators import SchemaGenerator  # noqa: PLC0415

    made: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def source(api: Schema) -> str:
    """The text of ``generated.py``, before it is laid out."""
    shapes = api["components"]["schemas"]
    objects = [_shape(name, one) for name, one in shapes.items() if _is_object(one)]
    others = [
        f"{name} = {_type(one)}\n"
        for name, one in shapes.items()
        if not _is_object(one)
    ]
    methods = list(_methods(api))
    return "\n\n".join([HEAD, *objects, *others, _client(methods)])


def _is_object(one: Schema) -> bool:
    return one.get("type") == "object"


def _shape(name: str, one: Schema) -> str:
    required = set(one.get("required", ()))
    lines = [
        f"    {key}: {_type(of) if key in required else _optional(of)}"
        for key, of in one.get("properties", {}).items()
    ]
    words = _docstring(one.get("description", ""), 4)
    return f"class {name}(TypedDict):\n{words}" + "\n".join(lines or ["    pass"])


def _optional(one: Schema) -> str:
    return f"NotRequired[{_type(one)}]"


def _docstring(text: str, indent: int) -> str:
    first = " ".join(text.strip().split("\n\n", maxsplit=1)[0].split())
    if not first:
        return ""
    lines = textwrap.wrap(first, 78 - indent)
    closing = '"""' if len(lines) == 1 else '\n"""'
    body = '"""' + "\n".join(lines) + closing
    return textwrap.indent(body, " " * indent) + "\n\n"


def _type(one: Schema) -> str:
    """The annotation of one schema."""
    found = _bare(one)
    return f"{found} | None" if one.get("nullable") and found != "None" else found


def _bare(one: Schema) -> str:
    if "$ref" in one:
        return str(one["$ref"].rsplit("/", 1)[-1])
    for key in ("oneOf", "anyOf", "allOf"):
        if key in one:
            return " | ".join(dict.fromkeys(_type(part) for part in one[key]))
    if "enum" in one:
        return f"Literal[{', '.join(repr(value) for value in one['enum'])}]"
    if one.get("type") == "array":
        return f"list[{_type(one['items'])}]"
    if one.get("format") == "binary":
        return "bytes"
    return PLAIN.get(one.get("type", ""), "dict[str, Any]" if one else "Any")


# Operations ---------------------------------------------------------------------------


def _methods(api: Schema) -> Iterator[str]:
    for path, ways in api["paths"].items():
        for way in METHODS:
            if way in ways and BY_HAND not in path:
                yield _method(way, path, ways[way])


def _method(way: str, path: str, one: Schema) -> str:
    parameters = one.get("parameters", [])
    own = [p for p in parameters if p["in"] == "path"]
    own.sort(key=lambda p: path.index("{" + p["name"] + "}"))
    given = [f"{p['name']}: {_type(p['schema'])}" for p in own]
    body, said = _body(one)
    more = [p for p in parameters if p["in"] in ("query", "header")]
    named = [f"{_name(p)}: {_type(p['schema'])} | None = None" for p in more]
    takes = ", ".join(["self", *given, *body, *(["*", *named] if named else [])])
    answer = _answer(one)
    call = _call(way, path, more, said, answer)
    words = _docstring(one.get("summary", "") + ".", 8)
    return f"    def {one['operationId']}({takes}) -> {answer}:\n{words}{call}"


def _call(way: str, path: str, more: list[Any], said: str, answer: str) -> str:
    keys = re.findall(r"\{(\w+)\}", path)
    where = ", ".join([repr(re.sub(r"\{\w+\}", "{}", path)), *keys])
    headers = _pairs(p for p in more if p["in"] == "header")
    query = _pairs(p for p in more if p["in"] == "query")
    what = f'"{way.upper()}", at({where}), headers={{{headers}}}{said}'
    if answer == "bytes":
        return f"        return self._bytes({what})"
    return f"        return cast({answer!r}, self._call({what}, query={{{query}}}))"


def _pairs(parameters: Any) -> str:
    return ", ".join(f'"{p["name"]}": {_name(p)}' for p in parameters)


def _name(parameter: Schema) -> str:
    name = re.sub(r"\W", "_", parameter["name"]).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def _body(one: Schema) -> tuple[list[str], str]:
    """How the body is taken, and how it is handed on."""
    content = one.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return ["file: tuple[str, bytes]"], ', files={"file": file}'
    for kind in content.values():
        needed = one["requestBody"].get("required", False)
        shape = _type(kind["schema"])
        takes = f"body: {shape}" if needed else f"body: {shape} | None = None"
        return [takes], ", json=body" if needed else ", json=body or {}"
    return [], ""


def _answer(one: Schema) -> str:
    """What a success gives; None as well where it may give nothing."""
    found = []
    for status, answer in one["responses"].items():
        if status.startswith("2"):
            kinds = list(answer.get("content", {}).values())
            found.append(_type(kinds[0]["schema"]) if kinds else "None")
    return " | ".join(dict.fromkeys(found))


def _client(methods: list[str]) -> str:
    words = '    """One method an operation; each raises ``Problem``."""\n\n'
    return f"class Client(Transport):\n{words}" + "\n\n".join(methods) + "\n"


if __name__ == "__main__":
    import os

    import django

    from config.env import settings_module

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
    django.setup()
    TARGET.write_text(source(schema()), encoding="utf-8")
