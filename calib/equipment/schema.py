"""JSON Schema of an equipment file, so that editors complete and check fields while they are typed."""

from typing import Any

from calib.equipment.model import Equipment

_TEXT = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"vi": {"type": "string"}, "en": {"type": "string"}},
            "required": ["vi", "en"],
            "additionalProperties": False,
        },
    ],
    "description": "one text for both languages, or one for each",
}


def equipment_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `calib-equipment/1`."""
    schema = Equipment.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "calib-equipment/1"
    described = schema["properties"]["description"]
    schema["properties"]["description"] = _TEXT | {k: v for k, v in described.items() if k == "title"}
    return schema
