"""JSON Schemas (draft-07) of what people write, for completion and checks while typing.

The YAML language server, which editors use, knows draft-07 best. It takes ``1087`` for a number
where brochure takes every value as text, so each text may be a number or a truth value, too.
"""

from typing import Any

from pydantic import BaseModel

from brochure.manuscript.model.leaflet import Leaflet, Variant

_TEXT = ["string", "number", "boolean"]


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas as JSON data: `leaflet` of ``leaflet.yaml``, `variant` of ``variants/*.yaml``."""
    return {"leaflet": schema_of(Leaflet), "variant": schema_of(Variant)}


def schemas_by_name(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a file that holds instances of a model under names of one's own."""
    data = schema_of(model)
    definitions, head = data.pop("definitions"), data.pop("$schema")
    return {"$schema": head, "type": "object", "additionalProperties": data,
            "definitions": definitions}  # fmt: skip


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model."""
    data = _draft_07(model.model_json_schema(ref_template="#/definitions/{model}"))
    data["definitions"] = data.pop("$defs")
    return {"$schema": "http://json-schema.org/draft-07/schema#", **data}


def _draft_07(value: Any) -> Any:
    if isinstance(value, list):
        return [_draft_07(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: _draft_07(item) for key, item in value.items() if key != "default"}
    if isinstance(value.get("properties"), dict):  # a field may be called so
        result["properties"] = {k: _draft_07(item) for k, item in value["properties"].items()}
    if result.get("type") == "string":
        result["type"] = _TEXT
    if "$ref" in result and len(result) > 1:  # beside $ref, draft-07 ignores all else
        result = {"allOf": [{"$ref": result.pop("$ref")}], **result}
    return result
