"""The JSON Schema of each kind of record, generated from the spec, for editors.

Draft 2020-12, as pydantic writes it; yaml-language-server reads it. Constraints that only our own
checks know (units, formulas, ids of other records) are left to them.
"""

import json
from typing import Any

from casebook.spec import Block, Case, Moved, Part, Tradeoff

KINDS: dict[str, type[Part]] = {"case": Case, "block": Block, "tradeoff": Tradeoff, "moved": Moved}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def as_json(kind: str) -> dict[str, Any]:
    """Return the schema of a kind of record as JSON data."""
    made = KINDS[kind].model_json_schema(by_alias=True)
    _tidy(made)
    return {"$schema": DIALECT, "$id": f"{kind}.json", **made}


def schemas() -> dict[str, str]:
    """Return every schema as text, by kind."""
    return {kind: json.dumps(as_json(kind), indent=1, ensure_ascii=False, sort_keys=False) + "\n" for kind in KINDS}


def _tidy(node: Any) -> None:
    """Let `null` go from optional parts: an empty key is a mistake, and editors should say so."""
    if isinstance(node, dict):
        options = node.get("anyOf")
        if isinstance(options, list):
            left = [option for option in options if option != {"type": "null"}]
            if len(left) == 1:
                del node["anyOf"]
                for key, value in left[0].items():
                    node.setdefault(key, value)
            else:
                node["anyOf"] = left
        if "patternProperties" in node:  # a key of another form is a mistake, and not one that may hold anything
            node["additionalProperties"] = False
        if node.get("default", ...) is None:
            del node["default"]
        for value in node.values():
            _tidy(value)
    elif isinstance(node, list):
        for value in node:
            _tidy(value)
