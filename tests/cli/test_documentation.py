"""What the README shows is what happens: its files are written, its commands typed, its programs run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / 'README.md'


@dataclass(frozen=True)
class Block:
    """A fenced block of the README with the paragraph before it."""

    before: str
    language: str
    text: str

    @property
    def file_name(self) -> str | None:
        """Return the name of the file that the block is said to be, if any."""
        found = re.search(r'in `(\w+\.py)`', self.before)
        return found[1] if found else None


def blocks() -> list[Block]:
    """Return the fenced blocks in their order."""
    text = README.read_text(encoding='utf-8')
    found = re.finditer(r'([^\n]+(?:\n[^\n]+)*)\n\n```(\w+)\n(.*?)```', text, re.DOTALL)
    return [Block(*match.groups()) for match in found]


def shell_environment() -> dict[str, str]:
    """Return the environment in which `monty-flow` is the command of this interpreter."""
    return {**os.environ, 'PATH': f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'}


def conversation(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a console block, each with the lines that it answers."""
    turns: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith('$ '):
            turns.append((line[2:], []))
        else:
            turns[-1][1].append(line)
    return turns


def agrees(found: str, shown: str) -> bool:
    """Tell whether a line is as shown, where `...` stands for anything and spaces for any number of them."""
    pattern = ' '.join(shown.split()).replace('[', '[[]').replace('...', '*')
    return fnmatchcase(' '.join(found.split()), pattern)


def test_the_commands_of_the_readme_answer_as_it_shows(tmp_path: Path) -> None:
    written = {block.file_name: block.text for block in blocks() if block.file_name}
    for name, text in written.items():
        (tmp_path / str(name)).write_text(text, encoding='utf-8')
    turns = [turn for block in blocks() if block.language == 'console' for turn in conversation(block.text)]

    answers = [
        subprocess.run(command, shell=True, cwd=tmp_path, env=shell_environment(), capture_output=True, text=True)
        for command, _ in turns
    ]

    assert set(written) == {'functions.py', 'warmest.py'}
    assert len(turns) == 3
    for (command, shown), answer in zip(turns, answers, strict=True):
        found = answer.stdout.splitlines()
        assert answer.returncode == 0, f'{command}: {answer.stderr}'
        assert len(found) == len(shown), f'{command}: {found}'
        assert [line for line, expected in zip(found, shown, strict=True) if not agrees(line, expected)] == []


def test_the_programs_of_the_readme_run(tmp_path: Path) -> None:
    programs = [block.text for block in blocks() if block.language == 'python' and block.file_name is None]

    failures = [
        answer.stderr
        for text in programs
        if (
            answer := subprocess.run([sys.executable, '-c', text], cwd=tmp_path, capture_output=True, text=True)
        ).returncode
    ]

    assert len(programs) == 3
    assert failures == []


def test_the_files_that_the_documentation_links_to_are_there() -> None:
    pages = [README, ROOT / 'CONTRIBUTING.md', *(ROOT / 'docs').glob('*.md')]

    missing = [
        f'{page.name}: {target}'
        for page in pages
        for target in re.findall(r'\]\(([^)#:]+)\)', page.read_text(encoding='utf-8'))
        if not (page.parent / target).exists()
    ]

    assert missing == []


def test_the_targets_that_the_documentation_names_are_in_the_makefile() -> None:
    makefile = (ROOT / 'Makefile').read_text(encoding='utf-8')
    named = {
        target
        for page in (README, ROOT / 'CONTRIBUTING.md')
        for target in re.findall(
            r'make ([a-z-]+)\b', ' '.join(re.findall(r'`[^`\n]+`|^ {4}.+$', page.read_text(), re.M))
        )
    }

    missing = [target for target in sorted(named) if not re.search(rf'^{target}:', makefile, re.MULTILINE)]

    assert {'test', 'demo', 'check'} <= named
    assert missing == []
