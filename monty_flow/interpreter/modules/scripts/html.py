"""The package that `html.parser` and `html.entities` are in; its functions are native (`modules/texts.py`)."""

import html.entities as _entities
import html.parser as _parser

__all__ = ['entities', 'parser']

entities = _entities
parser = _parser
