"""The place where a run waits is shown with its line, a marker, variables and callers."""

from __future__ import annotations

from dataclasses import dataclass, field

from monty_flow.cli.place import describe_place

SOURCE = """\
def read(name):
    path = name + '.txt'
    return fetch(path)

for name in ['a', 'b']:
    text = read(name)
"""


@dataclass(frozen=True)
class Spot:
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Frame:
    function: str
    position: Spot
    source_line: str
    variables: dict[str, str] = field(default_factory=dict)


MAIN = Frame('<module>', Spot(6, 11, 6, 21), '    text = read(name)', {'name': "'a'"})
READ = Frame('read', Spot(3, 11, 3, 22), '    return fetch(path)', {'name': "'a'", 'path': "'a.txt'"})


def test_the_innermost_frame_comes_first_with_a_marker_under_the_call() -> None:
    text = describe_place((MAIN, READ), SOURCE, 'files.py')  # type: ignore[arg-type]

    assert (
        text
        == """\
waits at files.py, line 3, in read
       1 | def read(name):
       2 |     path = name + '.txt'
  >    3 |     return fetch(path)
         |            ^^^^^^^^^^^
      name = 'a'
      path = 'a.txt'
called from line 6, in <module>
  >    6 | text = read(name)
      name = 'a'"""
    )


def test_a_call_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    source = 'x = fetch(\n    1,\n)\n'
    frame = Frame('<module>', Spot(1, 4, 3, 1), 'x = fetch(')

    text = describe_place((frame,), source, 'main.py')  # type: ignore[arg-type]

    assert (
        text
        == """\
waits at main.py, line 1, in <module>
  >    1 | x = fetch(
         |     ^^^^^^"""
    )


def test_of_an_ended_run_it_is_where_it_stood() -> None:
    text = describe_place((MAIN,), SOURCE, 'files.py', ended=True)  # type: ignore[arg-type]

    assert text.startswith('stood at files.py, line 6, in <module>\n')
