"""The kinds of what `dataclasses` makes: fields, options, markers; the methods are functions like any others."""

from __future__ import annotations

import gc
from types import MappingProxyType
from typing import Any, Final

from monty_flow.interpreter.modules.dataclasses import DataclassFunctions, Decorator, decorator_params
from monty_flow.interpreter.runtime.dataclass_fields import (
    ATTRIBUTES,
    HAS_FACTORY,
    INIT_VAR_TYPE,
    KW_ONLY,
    MISSING,
    NO_METADATA,
    Field,
    InitVar,
    Params,
    Sentinel,
    field_values,
    params_values,
    update_field,
)
from monty_flow.interpreter.snapshot.registry import Kind

_SENTINELS: Final[dict[str, Sentinel]] = {'missing': MISSING, 'kw_only': KW_ONLY, 'factory': HAS_FACTORY}


def _reduce_sentinel(value: Sentinel, context: Any) -> Any:
    for name, known in _SENTINELS.items():
        if known is value:
            return (name,), ()
    return None


def _fill_field(context: Any, field: Field, *values: Any) -> None:
    update_field(field, **dict(zip(ATTRIBUTES, values, strict=True)))
    if type(field.name) not in (str, type(None)) or type(field._field_type) not in (str, type(None)):
        raise TypeError('a field has no name')


def _build_params(context: Any, *values: Any) -> Params:
    if any(type(value) is not bool for value in values):
        raise TypeError('the options of a dataclass are malformed')
    return Params(*values)


def _build_decorator(context: Any, params: Any) -> Decorator:
    if type(params) is not Params:
        raise TypeError('a decorator has no options')
    return Decorator(DataclassFunctions(context.run), params)


def _reduce_proxy(proxy: MappingProxyType[Any, Any], context: Any) -> Any:
    return ((), ()) if proxy is NO_METADATA else (tuple(gc.get_referents(proxy)), ())


def _build_proxy(context: Any, *mapping: Any) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping[0]) if mapping else NO_METADATA


def _build_init_var(context: Any, *kind: Any) -> InitVar:
    return InitVar(*kind) if kind else INIT_VAR_TYPE


def dataclass_kinds() -> tuple[Kind, ...]:
    """Return the rows of dataclasses."""
    return (
        Kind('sentinel', Sentinel, _reduce_sentinel, lambda _, name: _SENTINELS[name]),
        Kind('field', Field, lambda v, _: ((), field_values(v)), lambda _: Field(), _fill_field),
        Kind('dataclass_params', Params, lambda v, _: (params_values(v), ()), _build_params),
        Kind('dataclass_decorator', Decorator, lambda v, _: ((decorator_params(v),), ()), _build_decorator),
        Kind('init_var', InitVar, lambda v, _: (() if v is INIT_VAR_TYPE else (v.type,), ()), _build_init_var),
        Kind('mapping_proxy', MappingProxyType, _reduce_proxy, _build_proxy),
    )
