"""What a scan's JSON looks like, as JSON Schema (draft 2020-12), and a check of it.

Only these words of JSON Schema are used: type, properties, required, additionalProperties, items, enum, pattern. The
check knows just them, so that answering needs no package for it; a test compares it with a full validator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias, get_args

ScanKind: TypeAlias = Literal["receipt", "menu", "contact", "event", "text"]
Schema: TypeAlias = Mapping[str, Any]
SCAN_KINDS: tuple[ScanKind, ...] = get_args(ScanKind)

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_MONEY = r"^-?[0-9]+(\.[0-9]{1,2})?$"
_AMOUNT: Schema = {"type": "string", "pattern": _MONEY}
_MAYBE_AMOUNT: Schema = {"type": ["string", "null"], "pattern": _MONEY}
_MAYBE_DAY: Schema = {"type": ["string", "null"], "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_MAYBE_MOMENT: Schema = {
    "type": ["string", "null"],
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$",
}
_CURRENCY: Schema = {"type": ["string", "null"], "pattern": r"^[A-Z]{3}$"}


def _record(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _scan(kind: ScanKind, **fields: Schema) -> Schema:
    return _record(kind={"enum": [kind]}, **fields, flags=_TEXTS, lines=_TEXTS)


_ITEM = _record(name=_TEXT, quantity={"type": "integer"}, unit_price=_MAYBE_AMOUNT, amount=_AMOUNT)
_DISH = _record(name=_TEXT, price=_AMOUNT, vegetarian={"type": ["boolean", "null"]}, description=_MAYBE)
_PHONE = _record(number=_TEXT, kind={"enum": ["voice", "cell", "fax"]})
SCHEMAS: dict[ScanKind, Schema] = {
    "receipt": _scan(
        "receipt",
        merchant=_MAYBE,
        date=_MAYBE_DAY,
        time={"type": ["string", "null"], "pattern": "^[0-9]{2}:[0-9]{2}$"},
        currency=_CURRENCY,
        items=_list(_ITEM),
        subtotal=_MAYBE_AMOUNT,
        tax=_MAYBE_AMOUNT,
        total=_MAYBE_AMOUNT,
    ),
    "menu": _scan("menu", title=_MAYBE, currency=_CURRENCY, sections=_list(_record(name=_MAYBE, items=_list(_DISH)))),
    "contact": _scan(
        "contact",
        name=_MAYBE,
        title=_MAYBE,
        organisation=_MAYBE,
        phones=_list(_PHONE),
        emails=_TEXTS,
        websites=_TEXTS,
        address=_MAYBE,
        other=_TEXTS,
    ),
    "event": _scan("event", title=_MAYBE, start=_MAYBE_MOMENT, end=_MAYBE_MOMENT, place=_MAYBE, details=_TEXTS),
    "text": _scan("text"),
}


def check(record: Any, schema: Schema) -> None:
    """Check that a record is of a schema's form.

    Raises:
        ValueError: it is not; the message names the place and what is wrong there.
    """
    if (wrong := next(_faults(record, schema, "the scan"), None)) is not None:
        raise ValueError(wrong)


def _faults(value: Any, schema: Schema, where: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}; it must be one of {schema['enum']}"
    if "type" in schema and not _is_of(value, schema["type"]):
        yield f"{where} is {value!r}; it must be {schema['type']}"
        return
    if isinstance(value, str) and "pattern" in schema and re.search(schema["pattern"], value) is None:
        yield f"{where} is {value!r}; it must match {schema['pattern']}"
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _faults(one, schema.get("items", {}), f"{where}[{number}]")
    if isinstance(value, dict):
        fields: Schema = schema.get("properties", {})
        yield from (f"{where} has no {name}" for name in schema.get("required", ()) if name not in value)
        if schema.get("additionalProperties") is False:
            yield from (f"{where} has {name!r}, which is no field of it" for name in value if name not in fields)
        for name in value.keys() & fields.keys():
            yield from _faults(value[name], fields[name], f"{where}.{name}")


def _is_of(value: Any, names: str | list[str]) -> bool:
    """Whether a value is of one of the types named; True and False are no integers."""
    kinds = {names} if isinstance(names, str) else set(names)
    if isinstance(value, bool):
        return "boolean" in kinds
    return any(isinstance(value, _TYPES[kind]) for kind in kinds)
