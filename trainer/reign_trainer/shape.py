"""The base of every shape that crosses between TypeScript and Python."""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A document with snake_case fields in Python and camelCase in JSON."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)
