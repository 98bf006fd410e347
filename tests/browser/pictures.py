"""The pictures of the documentation, from those that the tests of the dashboard take: `make pictures`."""

from __future__ import annotations

import shutil
from pathlib import Path

#: The name of each in docs/images, with the name under which a test takes it.
DOCUMENTED = {
    'dashboard-runs.png': 'runs',
    'dashboard-waiting.png': 'waiting',
    'dashboard-question.png': 'question',
    'dashboard-time-travel.png': 'time-travel',
    'dashboard-fork.png': 'fork',
    'dashboard-functions.png': 'functions-desk-light',
    'dashboard-phone.png': 'run-phone-dark',
    **{
        f'tutorial-{name}.png': f'tutorial-{name}'
        for name in ('runs', 'question', 'failed', 'back', 'fork', 'forked', 'tried')
    },
}


def main() -> None:
    """Copy the pictures that the tests have taken to where the pages show them."""
    root = Path(__file__).parents[2]
    for name, taken in DOCUMENTED.items():
        shutil.copy(root / 'build' / 'screenshots' / f'{taken}.png', root / 'docs' / 'images' / name)


if __name__ == '__main__':
    main()
