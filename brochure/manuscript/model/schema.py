"""JSON Schemas (draft-07) of what people write, for completion and checks while typing.

The YAML language server, which editors use, supports draft-07 best. It takes ``1087`` for a number,
while to brochure every value is text; so each text may also be a number or a boolean.
"""

from pydantic import BaseModel, JsonValue

from brochure.manuscript.model.leaflet import Leaflet
from brochure.manuscript.model.variant import Variant

JsonSchema = dict[str, JsonValue]
_TEXT: list[JsonValue] = ["string", "number", "boolean"]


def schemas() -> dict[str, JsonSchema]:
    """The schemas of ``leaflet.yaml`` (`leaflet`) and of ``variants/*.yaml`` (`variant`)."""
    return {"leaflet": schema_of(Leaflet), "variant": schema_of(Variant)}


def schemas_by_name(model: type[BaseModel]) -> JsonSchema:
    """The schema of a file with instances of a model under names that its author chooses."""
    data = schema_of(model)
    definitions, head = data.pop("definitions"), data.pop("$schema")
    return {"$schema": head, "type": "object", "additionalProperties": data,
            "definitions": definitions}  # fmt: skip


def schema_of(model: type[BaseModel]) -> JsonSchema:
    """The schema of a model."""
    data = _draft_07(model.model_json_schema(ref_template="#/definitions/{model}"))
    data["definitions"] = data.pop("$defs")
    return {"$schema": "http://json-schema.org/draft-07/schema#", **data}


def _draft_07(schema: JsonSchema) -> JsonSchema:
    """A schema of pydantic's (2020-12) and all those inside it, as draft-07."""
    result = {key: _converted(value) for key, value in schema.items() if key != "default"}
    if isinstance(properties := schema.get("properties"), dict):  # one may be named `default`
        result["properties"] = {name: _converted(value) for name, value in properties.items()}
    if result.get("type") == "string":
        result["type"] = _TEXT
    if "$ref" in result and len(result) > 1:  # draft-07 ignores everything beside $ref
        result = {"allOf": [{"$ref": result.pop("$ref")}], **result}
    return result


def _converted(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_converted(item) for item in value]
    return _draft_07(value) if isinstance(value, dict) else value
