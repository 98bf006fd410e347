"""Library modules in the script language: compiled once, known by name in snapshots, out of the script's reach."""

import pytest

from monty_flow import Complete, Monty, MontySyntaxError, SnapshotError, load
from monty_flow.interpreter import modules
from monty_flow.interpreter.compiler import scripted
from monty_flow.interpreter.compiler.build import compile_program
from monty_flow.interpreter.compiler.scripted import library_program, variant_for
from monty_flow.interpreter.snapshot.script_kinds import KINDS

PAUSED_INSIDE = """
from graphlib import TopologicalSorter

class Sorter(TopologicalSorter):
    def done(self, *nodes):
        stop()
        super().done(*nodes)

list(Sorter({1: {2}}).static_order())
"""


def finish(state):
    while not isinstance(state, Complete):
        state = load(state.dump()).resume(return_value=None)
    return state.output


@pytest.mark.parametrize('variant', ['plain', 'calling', 'full', 'asking'])
@pytest.mark.parametrize('name', sorted(modules.SCRIPTED))
def test_every_source_compiles_in_every_variant(name, variant):
    program = library_program(name, variant, False)

    assert all(str(identity).startswith(f'{name}:') for identity in program.by_identity)
    assert len(program.by_identity) == len(program.functions)


@pytest.mark.parametrize('name', sorted(name for name in modules.NAMES if modules.DEFINITIONS[name].scripted))
def test_every_scripted_module_can_be_imported_and_has_its_exports(name):
    source = f'import {name} as module\n[hasattr(module, name) for name in {sorted(modules.exports(name))!r}]'

    found = Monty(source).run()

    assert [export for export, there in zip(sorted(modules.exports(name)), found, strict=True) if not there] == []


def test_a_script_that_binds_the_names_of_built_ins_does_not_reach_into_the_library():
    source = """
import graphlib
def hide():
    global list, len, set, sorted, ValueError
    list = len = set = sorted = ValueError = None
hide()
[node for node in graphlib.TopologicalSorter({1: {2}}).static_order()]
"""
    assert Monty(source).run() == [2, 1]


def test_a_pause_inside_a_library_function_goes_on_from_bytes():
    assert finish(Monty(PAUSED_INSIDE).start()) == [2, 1]


def test_a_frame_of_an_installed_module_whose_text_has_changed_is_refused_with_what_to_do(monkeypatch):
    data = Monty(PAUSED_INSIDE).start().dump()
    monkeypatch.setattr(scripted, 'digest_of', lambda program, function: 'another text')

    with pytest.raises(SnapshotError) as caught:
        load(data)

    assert 'has another text on this Python; load the snapshot on the version of Python that made it' in str(
        caught.value
    )


def test_classes_and_functions_of_a_module_are_the_same_after_a_load():
    source = """
import graphlib
kept = [graphlib.TopologicalSorter, graphlib.CycleError, graphlib.TopologicalSorter.add, graphlib.TopologicalSorter()]
stop()
(kept[0] is graphlib.TopologicalSorter, kept[1] is graphlib.CycleError, kept[2] is graphlib.TopologicalSorter.add,
 type(kept[3]) is kept[0])
"""
    assert finish(Monty(source).start()) == (True, True, True, True)


def test_bytes_cannot_name_what_no_module_has_made():
    context = type('Context', (), {})()

    for module, path in (('os', 'system'), ('graphlib', 'GenericAlias'), ('graphlib', '__builtins__'), (1, 'x')):
        with pytest.raises((ValueError, LookupError, AttributeError)):
            KINDS.by_name['module_member'].build(context, module, path)


def test_sources_that_are_for_the_library_alone_cannot_be_imported():
    for name in modules.DEFINITIONS:
        if name.startswith('_') and name != '__future__':
            with pytest.raises(MontySyntaxError):
                Monty(f'import {name}')


def test_a_module_is_read_only():
    source = 'import graphlib\ntry:\n    graphlib.TopologicalSorter = 1\nexcept AttributeError as e:\n    r = str(e)\nr'

    assert Monty(source).run() == "module 'graphlib' is read-only: cannot set 'TopologicalSorter'"


@pytest.mark.parametrize(
    ('source', 'variant'),
    [
        ('import graphlib\nfetch(1)', 'plain'),
        ('import graphlib\ndef f(): return fetch(1)\ng = f', 'calling'),
        ('class A:\n    def __bool__(self):\n        return fetch(1)', 'full'),
        ('class A:\n    def __eq__(self, other):\n        return fetch(1)', 'asking'),
    ],
)
def test_the_library_is_compiled_for_what_the_script_can_do(source, variant):
    assert variant_for(compile_program(source)) == variant
