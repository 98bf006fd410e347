"""Write what is made from the API's own description: `clients/openapi.json`, the types and operations of the Python client, and
the TypeScript client. Run it after a change of the API; a test says when that was forgotten.

    python clients/generate.py
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monty_flow.server import Settings
from monty_flow.server.app import description, routes

ROOT = Path(__file__).parents[1]
NOTE = 'Made by clients/generate.py from the description of the API: change that, and run it again.'
BYTES = 'application/octet-stream'
EVENTS = 'text/event-stream'


@dataclass
class Field:
    """A field of a body, or a parameter."""

    name: str
    schema: dict[str, Any]
    required: bool
    text: str


@dataclass
class Operation:
    """A route."""

    name: str
    method: str
    path: str
    text: str
    in_path: list[Field]
    in_query: list[Field]
    #: Fields of the JSON body, None when it takes none.
    body: list[Field] | None
    takes_bytes: bool
    #: What it answers: a schema, 'bytes', or None for nothing.
    answer: dict[str, Any] | str | None
    fields: list[Field] = field(init=False)

    def __post_init__(self) -> None:
        self.fields = self.in_query + (self.body or [])


def short(name: str) -> str:
    """Return the name of a schema as the clients call it."""
    return name if name == 'ErrorBody' else name.removesuffix('Body')


def fields_of(schema: dict[str, Any]) -> list[Field]:
    """Return the fields of an object, those that must be given first."""
    required = schema.get('required', [])
    found = [
        Field(name, part, name in required, part.get('description', '')) for name, part in schema['properties'].items()
    ]
    return sorted(found, key=lambda each: not each.required)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield the routes, but for the one of events, which each client has by hand."""
    for path, item in document['paths'].items():
        for method, told in item.items():
            answers = told['responses'].get('200') or told['responses'].get('201') or {}
            content = answers.get('content', {})
            if EVENTS in content:
                continue
            parameters = [
                Field(each['name'], each['schema'], each['required'], each.get('description', ''))
                for each in told.get('parameters', [])
            ]
            places = {each['name']: each['in'] for each in told.get('parameters', [])}
            taken = told.get('requestBody', {}).get('content', {})
            reference = taken.get('application/json', {}).get('schema', {}).get('$ref')
            yield Operation(
                name=told['operationId'],
                method=method.upper(),
                path=path,
                text=told['description'],
                in_path=[each for each in parameters if places[each.name] == 'path'],
                in_query=[each for each in parameters if places[each.name] == 'query'],
                body=None if reference is None else fields_of(_referred(document, reference)),
                takes_bytes=BYTES in taken,
                answer='bytes' if BYTES in content else content.get('application/json', {}).get('schema'),
            )


def _referred(document: dict[str, Any], reference: str) -> dict[str, Any]:
    found: dict[str, Any] = document['components']['schemas'][reference.rpartition('/')[2]]
    return found


# Python.


def python_type(schema: dict[str, Any]) -> str:
    """Return a schema as an annotation."""
    if '$ref' in schema:
        return short(schema['$ref'].rpartition('/')[2])
    if 'anyOf' in schema:
        return ' | '.join(dict.fromkeys(python_type(part) for part in schema['anyOf']))
    if 'enum' in schema:
        return f'Literal[{", ".join(map(repr, schema["enum"]))}]'
    match schema.get('type'):
        case 'array':
            return f'list[{python_type(schema["items"])}]'
        case 'object':
            inner = schema.get('additionalProperties', True)
            return f'dict[str, {"Any" if inner is True else python_type(inner)}]'
        case 'string' | 'integer' | 'number' | 'boolean' | 'null' as kind:
            return {'string': 'str', 'integer': 'int', 'number': 'float', 'boolean': 'bool', 'null': 'None'}[kind]
    return 'Any'


def python_types(document: dict[str, Any]) -> str:
    """Return the module of the types."""
    lines = [f'"""The bodies of the API as types. {NOTE}"""', '', 'from __future__ import annotations', '']
    lines += ['from typing import Any, Literal, NotRequired, TypedDict', '']
    names = []
    for name, schema in sorted(document['components']['schemas'].items(), key=lambda each: 'enum' not in each[1]):
        names.append(short(name))
        if 'enum' in schema:
            lines += [f'#: {one_line(schema.get("description", ""))}', f'{short(name)} = {python_type(schema)}', '']
            continue
        lines += ['', f'class {short(name)}(TypedDict):', f'    """{one_line(schema.get("description", name))}"""', '']
        for each in fields_of(schema):
            kind = python_type(each.schema)
            lines += [f'    #: {one_line(each.text)}'] if each.text else []
            lines += [f'    {each.name}: {kind if each.required else f"NotRequired[{kind}]"}']
        lines += ['']
    lines += ['', f'__all__ = [{", ".join(map(repr, sorted(names)))}]', '']
    return '\n'.join(lines)


def python_operations(document: dict[str, Any]) -> str:
    """Return the module of the operations."""
    found = list(operations(document))
    lines = [f'"""The routes of the API as functions. {NOTE}"""', '', 'from __future__ import annotations', '']
    lines += ['from typing import Any, Literal', '', 'from monty_flow.client import types', '']
    lines += ['from monty_flow.client.calls import Call, operation, path_of', '', '']
    for each in found:
        lines += [*python_operation(each), '', '']
    lines += ['class Operations:', '    """The routes, on a client that sends."""', '']
    lines += [f'    {each.name} = operation(_{each.name})' for each in found]
    return '\n'.join([*lines, ''])


def python_operation(each: Operation) -> Iterator[str]:
    """Yield the lines of one operation."""
    arguments = [f'{part.name}: {qualified(python_type(part.schema))}' for part in each.in_path]
    if each.takes_bytes:
        arguments.append('data: bytes')
    named = [f'{part.name}: {qualified(python_type(part.schema))}' for part in each.fields if part.required]
    for part in each.fields:
        if not part.required:
            kind = qualified(python_type(part.schema))
            named.append(f'{part.name}: {kind if kind == "Any" or "None" in kind else f"{kind} | None"} = None')
    arguments += ['*', *named] if named else []
    answer = (
        each.answer if isinstance(each.answer, str) else 'None' if each.answer is None else python_type(each.answer)
    )
    yield f'def _{each.name}({", ".join(arguments)}) -> Call[{qualified(answer)}]:'
    yield f'    """{one_line(each.text)}"""'
    path = ', '.join([repr(each.path), *(f'{part.name}={part.name}' for part in each.in_path)])
    more = [f"'{each.method}'", f'path_of({path})']
    for name, parts in (('query', each.in_query), ('body', each.body)):
        if parts:
            more.append(f'{name}={{{", ".join(f"{part.name!r}: {part.name}" for part in parts)}}}')
    more += ['data=data'] if each.takes_bytes else []
    more += ["gives='bytes'"] if each.answer == 'bytes' else ["gives='nothing'"] if each.answer is None else []
    yield f'    return Call({", ".join(more)})'


def qualified(kind: str) -> str:
    """Return an annotation with our own types by their module."""
    names = r'\b(?!Any\b|Literal\b|None\b)([A-Z]\w*)\b'
    return kind if kind.startswith('Literal') else re.sub(names, r'types.\1', kind)


# TypeScript.


def typescript_type(schema: dict[str, Any]) -> str:
    """Return a schema as a type of TypeScript."""
    if '$ref' in schema:
        return short(schema['$ref'].rpartition('/')[2])
    if 'anyOf' in schema:
        return ' | '.join(dict.fromkeys(typescript_type(part) for part in schema['anyOf']))
    if 'enum' in schema:
        return ' | '.join(json.dumps(value) for value in schema['enum'])
    match schema.get('type'):
        case 'array':
            return f'Array<{typescript_type(schema["items"])}>'
        case 'object':
            inner = schema.get('additionalProperties', True)
            return f'Record<string, {"unknown" if inner is True else typescript_type(inner)}>'
        case 'string' | 'boolean' | 'null' as kind:
            return kind
        case 'integer' | 'number':
            return 'number'
    return 'unknown'


def typescript(document: dict[str, Any]) -> str:
    """Return the TypeScript client."""
    base = (ROOT / 'clients' / 'typescript' / 'base.ts.txt').read_text(encoding='utf-8')
    types, methods = [], []
    for name, schema in document['components']['schemas'].items():
        types += [f'/** {one_line(schema.get("description", ""))} */']
        if 'enum' in schema:
            types += [f'export type {short(name)} = {typescript_type(schema)};', '']
            continue
        types += [f'export interface {short(name)} {{', *typescript_fields(fields_of(schema)), '}', '']
    for each in operations(document):
        methods += typescript_method(each)
    filled = base.replace('// @types', '\n'.join(types)).replace('  // @methods', '\n'.join(methods).rstrip())
    return filled.replace('@note', NOTE)


def typescript_fields(fields: list[Field]) -> Iterator[str]:
    """Yield the fields of an interface."""
    for each in fields:
        if each.text:
            yield f'  /** {one_line(each.text)} */'
        yield f'  {each.name}{"" if each.required else "?"}: {typescript_type(each.schema)};'


def typescript_method(each: Operation) -> Iterator[str]:
    """Yield the lines of one method."""
    arguments = [f'{camel(part.name)}: {typescript_type(part.schema)}' for part in each.in_path]
    if each.takes_bytes:
        arguments.append('data: Uint8Array')
    for name, parts in (('body', each.body), ('query', each.in_query)):
        if parts:
            # What stands for nothing, such as the cursor after the last page, leaves a parameter out.
            nothing = ' | null' if name == 'query' else ''
            inside = '; '.join(
                f'{part.name}: {typescript_type(part.schema)}'
                if part.required
                else f'{part.name}?: {typescript_type(part.schema)}{nothing}'
                for part in parts
            )
            empty = '' if any(part.required for part in parts) else ' = {}'
            arguments.append(f'{name}: {{ {inside} }}{empty}')
    answer = 'Uint8Array' if each.answer == 'bytes' else 'void'
    if isinstance(each.answer, dict):
        answer = typescript_type(each.answer)
    path = re.sub(r'\{(\w+)\}', lambda match: f'${{encodeURIComponent({camel(match[1])})}}', each.path)
    more = [name for name, parts in (('body', each.body), ('query', each.in_query)) if parts]
    more += ['data'] if each.takes_bytes else []
    more += ["gives: 'bytes'"] if each.answer == 'bytes' else ["gives: 'nothing'"] if each.answer is None else []
    options = f', {{ {", ".join(more)} }}' if more else ''
    yield f'  /** {one_line(each.text)} */'
    yield f'  async {camel(each.name)}({", ".join(arguments)}): Promise<{answer}> {{'
    yield f"    return this.send<{answer}>('{each.method}', `{path}`{options});"
    yield '  }'
    yield ''


def camel(name: str) -> str:
    """Return a name as JavaScript writes it."""
    first, *rest = name.split('_')
    joined = first + ''.join(part.capitalize() for part in rest)
    return f'{joined}_' if keyword.iskeyword(joined) else joined


def one_line(text: str) -> str:
    """Return a description as one line that ends no comment."""
    return ' '.join(text.replace('*/', '* /').replace('"""', "'''").split())


def files() -> dict[Path, str]:
    """Return what is made, by where it goes; the Python modules are formatted by ruff when they are written."""
    document = description(routes(Settings('sqlite:///not-opened.db')))
    # The numbers of releases come and go; the description is of the API.
    document['info']['version'] = '1'
    return {
        ROOT / 'clients' / 'openapi.json': json.dumps(document, indent=1, ensure_ascii=False) + '\n',
        ROOT / 'clients' / 'typescript' / 'src' / 'index.ts': typescript(document),
        ROOT / 'monty_flow' / 'client' / 'types.py': python_types(document),
        ROOT / 'monty_flow' / 'client' / 'operations.py': python_operations(document),
    }


def formatted(path: Path, text: str) -> str:
    """Return a text as it is written to `path`."""
    if path.suffix != '.py':
        return text
    import subprocess
    import sys

    command = [str(Path(sys.executable).parent / 'ruff')]
    name = ['--stdin-filename', str(path)]
    for arguments in (['check', '--fix', '--quiet', '--exit-zero', *name, '-'], ['format', *name, '-']):
        done = subprocess.run([*command, *arguments], input=text, capture_output=True, text=True, check=True, cwd=ROOT)
        text = done.stdout
    return text


if __name__ == '__main__':
    for target, content in files().items():
        target.write_text(formatted(target, content), encoding='utf-8')
        print(target.relative_to(ROOT))
