"""Write docs/benchmarks.md and its plots from the figures of the benchmarks.

    make bench                                    # measures into bench/*.json, then writes the page
    python benchmarks/page.py bench               # the page alone

The page has nothing that is not in the files: no figure is written by hand. `compute.json` and `interpreter.json` have sections
of their own here; of any other file the page shows what is in it under `title`, `notes` (sentences), `tables` (each with a
`title`, a `head` and `rows` of text) and `bars` (as `measure.report` writes them), and plots that lie beside it.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from children import NATIVE, OURS
from measure import seconds_text

DOCS = Path(__file__).resolve().parent.parent / 'docs'
#: Marks of the plots, in times CPython's time: the tree walkers are a hundred times slower, and pools of processes more.
SCALE = (0.5, 1, 2, 3, 5, 10, 30, 100, 300)
WIDE_SCALE = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
COLOURS = {
    OURS: '#1668dc',
    'pydantic_monty': '#d4380d',
    'newest_pydantic_monty': '#d48806',
    'restricted_python': '#389e0d',
}
GREY = '#8c8c8c'
#: Titles of files that have none in them.
TITLES = {
    'snapshot': 'Snapshots',
    'growth': 'Growth over many steps',
    'engine': 'Engine on SQLite',
    'engine_postgres': 'Engine on PostgreSQL',
    'engine_peers': 'Engine beside other engines and queues',
    'scale': 'Scale',
    'server': 'Server',
}
#: Load of the machine, as a share of its cores, from which on the page says that it was busy.
BUSY = 1.5


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of Markdown, its first column to the left."""
    names = list(head)
    lines = [f'| {" | ".join(names)} |', f'|{"|".join([" --- ", *(" ---: " for _ in names[1:])])}|']
    return '\n'.join([*lines, *(f'| {" | ".join(row)} |' for row in rows)])


def times(value: float | None) -> str:
    """Return a ratio with three digits that count."""
    return '' if value is None else f'{value:.2g}' if value < 10 else f'{value:,.0f}'


def shares(figures: Mapping[str, float], base: str = NATIVE) -> dict[str, float]:
    """Return each contender's time through that of `base`."""
    return {key: seconds / figures[base] for key, seconds in figures.items() if base in figures}


def compared(data: Mapping[str, Any], base: str = NATIVE) -> dict[str, dict[str, float]]:
    """Return for each case each contender's time through that of `base`: as it was measured within rounds, where that is told."""
    if base == NATIVE and 'ratios' in data:
        told: dict[str, dict[str, float]] = data['ratios']
        return told
    return {case: shares(figures, base) for case, figures in data['seconds'].items()}


def settings_of(data: Mapping[str, Any]) -> str:
    """Return how the figures of a file were taken."""
    said = f'Python {data["python"]} on {data["processor"]}, {data["cores"]} cores, {data["system"]}'
    said += f'; medians of {data["rounds"]} alternating rounds of {data.get("clock", "wall clock")}'
    if data['load'] > BUSY * data['cores']:
        said += f'. **The machine was busy** (load {data["load"]:g}): ratios are rough, and times are too long'
    return said + '.'


def compute_section(data: Mapping[str, Any]) -> str:
    """Return the section of the compute programs."""
    names: dict[str, str] = data['contenders']
    columns = [key for key in names if key != NATIVE]
    by_program = compared(data)
    rows = [[program, *(times(found.get(key)) for key in columns)] for program, found in by_program.items()]
    counts = [f'{sum(key in found for found in by_program.values())} of {len(by_program)}' for key in columns]
    rows.append(['**runs**', *counts])
    shared = {}
    for key in columns:
        both = [found[OURS] / found[key] for found in by_program.values() if key in found and OURS in found]
        shared[key] = statistics.geometric_mean(both) if both else None
    means = [
        statistics.geometric_mean([found[key] for found in by_program.values() if key in found] or [math.nan])
        for key in columns
    ]
    rows.append(['**geometric mean**', *(times(mean) for mean in means)])
    rows.append(['**our time through its, on what both run**', *(times(shared[key]) for key in columns)])
    return '\n'.join([
        '## Compute programs',
        '',
        f'Time of each through that of {names[NATIVE]} on the same source, with the default limits of each; an empty cell is a program that it'
        ' refuses, runs to another value, or does not end in ten seconds. One that takes more than half a second is run once only.',
        '',
        settings_of(data),
        '',
        table(['program', *(names[key] for key in columns)], rows),
        '',
        '![The same as a plot, on a logarithmic scale](compute.svg)',
    ])  # fmt: skip


def interpreter_section(data: Mapping[str, Any]) -> str:
    """Return the section of calls, pauses, snapshots and starts."""
    names: dict[str, str] = data['contenders']
    columns = [OURS, *(key for key in names if key != OURS)]
    rows = [
        [case, *('' if key not in figures else seconds_text(figures[key]) for key in columns)]
        for case, figures in data['seconds'].items()
    ]
    processes = [[name, f'{seconds * 1e3:.0f} ms'] for name, seconds in data['processes'].items()]
    return '\n'.join([
        '## Calls, compilation, pauses and snapshots',
        '',
        'Time of one run or one step. An empty cell is what a sandbox does not have or refuses. CPython has neither pauses nor limits: it is the cost of the'
        " program and of the host's function alone. The newest pydantic-monty runs scripts in other processes.",
        '',
        settings_of(data),
        '',
        table(['', *(names[key] for key in columns)], rows),
        '',
        '![The same as a plot, on a logarithmic scale](interpreter.svg)',
        '',
        'What a start takes over that of a bare Python:',
        '',
        table(['process', 'time'], processes),
    ])  # fmt: skip


def plot(data: Mapping[str, Any], scale: tuple[float, ...], base: str, title: str) -> str:
    """Return figures as an SVG: one line a case, one dot a contender."""
    names: dict[str, str] = data['contenders']
    by_case = {case: found for case, found in compared(data, base).items() if found}
    left, top, width, height = 260, 60, 620, 20
    low, high = math.log(scale[0]), math.log(scale[-1])

    def x(share: float) -> float:
        return left + width * (min(max(math.log(share), low), high) - low) / (high - low)

    bottom = top + height * len(by_case)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 30}" height="{bottom + 40}" font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="white"/><text x="{left}" y="18">{title}, logarithmic</text>',
    ]
    for tick in scale:
        out.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{top - 8}" y2="{bottom}" stroke="#e0e0e0"/>')
        out.append(f'<text x="{x(tick):.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>')
    at = left
    for key in names:
        if key != base:
            out.append(f'<circle cx="{at}" cy="34" r="5" fill="{COLOURS.get(key, GREY)}"/>')
            out.append(f'<text x="{at + 9}" y="38" font-size="10">{names[key]}</text>')
            at += 20 + 6 * len(names[key])
    for row, (case, found) in enumerate(by_case.items()):
        y = top + height * row + height / 2
        out.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{case.replace("&", "&amp;")}</text>')
        for key, share in found.items():
            if key != base:
                out.append(
                    f'<circle cx="{x(share):.1f}" cy="{y}" r="4.5" fill="{COLOURS.get(key, GREY)}" fill-opacity="0.85"/>'
                )
    return '\n'.join([*out, '</svg>', ''])


def bars_table(data: Mapping[str, Any]) -> str:
    """Return the bars of a file, each with whether it is met."""
    rows = [
        [
            bar['what'],
            '' if bar['figure'] is None else f'{bar["figure"]:.3g}{bar["unit"]}',
            f'{bar["relation"]} {bar["bar"]:g}{bar["unit"]}',
            {'PASS': 'met', 'FAIL': '**not met**'}.get(bar['verdict'], 'not measured'),
        ]
        for bar in data['bars']
    ]
    return table(['bar', 'figure', 'at most, or at least', ''], rows)


def other_section(name: str, data: Mapping[str, Any], plots: list[str]) -> str:
    """Return the section of any other benchmark."""
    title = data.get('title') or TITLES.get(name, name)
    parts = [f'## {title}', *data.get('notes', ())]
    for each in data.get('tables', ()):
        parts += [each['title'] + ':', table(each['head'], each['rows'])]
    parts += [f'![{title}]({plot_name})' for plot_name in plots]
    if data.get('bars'):
        parts.append(bars_table(data))
    return '\n\n'.join(parts)


def main() -> None:
    """Write the page."""
    folder = Path(sys.argv[1])
    found = {path.stem: json.loads(path.read_text('utf-8')) for path in sorted(folder.glob('*.json'))}
    parts = [
        '# Benchmarks',
        '`make bench` measures all of this, and `benchmarks/page.py` writes this page from what it measured. Peers come from PyPI into an environment'
        ' of their own, and run in turn with us in one process tree on one machine; nothing is set that a user would not have by default. Machines are'
        ' shared and noisy: ratios say more than times.',
    ]
    if 'compute' in found:
        compute = found.pop('compute')
        (DOCS / 'compute.svg').write_text(plot(compute, SCALE, NATIVE, "times CPython's time"), 'utf-8')
        parts += [compute_section(compute), '### The bars', bars_table(compute)]
    if 'interpreter' in found:
        interpreter = found.pop('interpreter')
        (DOCS / 'interpreter.svg').write_text(
            plot(interpreter, WIDE_SCALE, OURS, 'times our own time: on the left is faster'), 'utf-8'
        )
        parts += [interpreter_section(interpreter), '### The bars', bars_table(interpreter)]
    for name, data in found.items():
        plots = [path.name for path in sorted(folder.glob(f'{name}*.svg'))]
        for plot_name in plots:
            (DOCS / plot_name).write_bytes((folder / plot_name).read_bytes())
        parts.append(other_section(name, data, plots))
    (DOCS / 'benchmarks.md').write_text('\n\n'.join(parts) + '\n', 'utf-8')


if __name__ == '__main__':
    main()
