"""What all bodies have in common, and how a record of the engine becomes one."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from monty_flow.plain import plain

Model = TypeVar('Model', bound=BaseModel)

#: Text that every database can hold.
_NO_NUL = r'^[^\x00]*$'
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)]
Text = Annotated[str, StringConstraints(pattern=_NO_NUL)]


def body(model: type[Model], record: Any) -> Model:
    """Return a record of the engine as a body."""
    return model.model_validate(plain(record))


class Described(BaseModel):
    """A body whose fields are described by their comments in the engine."""

    model_config = ConfigDict(use_attribute_docstrings=True)
