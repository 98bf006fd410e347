"""What all bodies have in common, and how a record of the engine becomes one."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints

from monty_flow.plain import plain

Model = TypeVar('Model', bound=BaseModel)

#: Text that every database can hold.
_NO_NUL = r'^[^\x00]*$'
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)]
Text = Annotated[str, StringConstraints(pattern=_NO_NUL)]


def _whole(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() else value


def _moment(value: Any) -> Any:
    # Of numbers, of texts of digits and of dates, moments would be made that nobody meant.
    if type(value) is datetime or (type(value) is str and _MOMENT.fullmatch(value)):
        return value
    raise ValueError('write a moment as 2026-01-31T12:00:00Z, or with +01:00 for Z')


_MOMENT = re.compile(r'\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)', re.ASCII)

# What a body may say is what the description says, and nothing that could be taken for it: no 'yes' for true, no '5' for 5.
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
#: Behind the bounds of a Whole, or these are not in the description: in JSON, 5.0 is a whole number too.
OR_POINT_ZERO = BeforeValidator(_whole)
Number = Annotated[float, Field(strict=True)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


def body(model: type[Model], record: Any) -> Model:
    """Return a record of the engine as a body."""
    return model.model_validate(plain(record))


class Described(BaseModel):
    """A body whose fields are described by their comments in the engine."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def example(body: dict[str, JsonValue]) -> ConfigDict:
    """Return the configuration of a body that is shown by an example."""
    return ConfigDict(json_schema_extra={'examples': [body]})


class Asked(Described):
    """A body of a request: it may hold nothing that is not described."""

    model_config = ConfigDict(extra='forbid')
