"""The base of every shape that crosses between TypeScript and Python."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A document with snake_case fields in Python and camelCase in JSON."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)

    def as_stored(self) -> dict[str, Any]:
        """Give the shape as a JSON document in which a field that may be absent, and is None, is absent.

        A field that a later release added is thus not in a document that was made by an earlier one's rules.
        """
        fields = type(self).model_fields
        present = {name: getattr(self, name) for name in fields}
        return {
            fields[name].alias or name: _plain(value)
            for name, value in present.items()
            if value is not None or fields[name].is_required()
        }


def _plain(value: Any) -> Any:
    if isinstance(value, Shape):
        return value.as_stored()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value
