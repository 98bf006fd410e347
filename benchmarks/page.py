"""Write docs/benchmarks.md and its plot from the figures of the benchmarks.

    make bench                                    # writes bench/*.json
    python benchmarks/page.py bench               # writes docs/benchmarks.md and docs/compute.svg

The page has nothing that is not in the files: no figure is written by hand.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / 'docs'
OURS, NATIVE = 'monty_flow', 'cpython'
#: Shown from this many times CPython's time on; the tree walkers are a hundred times slower.
SCALE = (0.5, 1, 2, 3, 5, 10, 30, 100, 300)
COLOURS = {
    OURS: '#1668dc',
    'pydantic_monty': '#d4380d',
    'newest_pydantic_monty': '#d48806',
    'restricted_python': '#389e0d',
}
GREY = '#8c8c8c'


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


def compute_section(data: Mapping[str, Any]) -> str:
    """Return the section of the compute programs."""
    names: dict[str, str] = data['contenders']
    columns = [key for key in names if key != NATIVE]
    by_program = {program: shares(figures) for program, figures in data['seconds'].items()}
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
        f'Time of each through that of {names[NATIVE]} on the same source, medians of {data["rounds"]} alternating rounds with the default limits of each;'
        ' an empty cell is a program that it refuses, runs to another value, or does not end in a minute.',
        '',
        table(['program', *(names[key] for key in columns)], rows),
        '',
        '![The same as a plot, on a logarithmic scale](compute.svg)',
    ])  # fmt: skip


def plot(data: Mapping[str, Any]) -> str:
    """Return the compute programs as an SVG: one line a program, one dot a contender."""
    names: dict[str, str] = data['contenders']
    programs = list(data['seconds'])
    left, top, width, height = 190, 60, 620, 20
    low, high = math.log(SCALE[0]), math.log(SCALE[-1])

    def x(share: float) -> float:
        return left + width * (min(max(math.log(share), low), high) - low) / (high - low)

    bottom = top + height * len(programs)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 30}" height="{bottom + 40}" font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="white"/><text x="{left}" y="18">times CPython\'s time, logarithmic</text>',
    ]
    for tick in SCALE:
        out.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{top - 8}" y2="{bottom}" stroke="#e0e0e0"/>')
        out.append(f'<text x="{x(tick):.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>')
    at = left
    for key in names:
        if key != NATIVE:
            out.append(f'<circle cx="{at}" cy="34" r="5" fill="{COLOURS.get(key, GREY)}"/>')
            out.append(f'<text x="{at + 9}" y="38" font-size="10">{names[key]}</text>')
            at += 20 + 6 * len(names[key])
    for row, program in enumerate(programs):
        y = top + height * row + height / 2
        out.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{program}</text>')
        for key, share in shares(data['seconds'][program]).items():
            if key != NATIVE:
                out.append(
                    f'<circle cx="{x(share):.1f}" cy="{y}" r="4.5" fill="{COLOURS.get(key, GREY)}" fill-opacity="0.85"/>'
                )
    return '\n'.join([*out, '</svg>', ''])


def bars_section(title: str, data: Mapping[str, Any]) -> str:
    """Return the section of a benchmark that judges figures by bars."""
    rows = [
        [
            bar['what'],
            '' if bar['figure'] is None else f'{bar["figure"]:.3g}{bar["unit"]}',
            f'{bar["relation"]} {bar["bar"]:g}{bar["unit"]}',
            {'PASS': 'met', 'FAIL': '**not met**'}.get(bar['verdict'], 'not measured'),
        ]
        for bar in data['bars']
    ]
    return f'## {title}\n\n' + table(['what', 'figure', 'bar', ''], rows)


def main() -> None:
    """Write the page."""
    folder = Path(sys.argv[1])
    found = {path.stem: json.loads(path.read_text('utf-8')) for path in sorted(folder.glob('*.json'))}
    compute = found['compute']
    parts = [
        '# Benchmarks',
        '`make bench` measures, and `benchmarks/page.py` writes this page from what it measured. Machines are shared and noisy: ratios of'
        f' one run say more than times. Python {compute["python"]}, {compute["machine"]}, 2 cores.',
        compute_section(compute),
        bars_section('Compute programs: the bars', compute),
    ]
    titles = {
        'interpreter': 'Calls, pauses and snapshots',
        'snapshot': 'Snapshots',
        'engine': 'Engine on SQLite',
        'server': 'Server',
    }
    parts += [bars_section(title, found[name]) for name, title in titles.items() if name in found]
    (DOCS / 'benchmarks.md').write_text('\n\n'.join(parts) + '\n', 'utf-8')
    (DOCS / 'compute.svg').write_text(plot(compute), 'utf-8')


if __name__ == '__main__':
    main()
