"""The versions of the snapshot format, apart from what reads and writes them, which is loaded when it is needed."""

from __future__ import annotations

COMPRESSED = 1
SIGNED = 2
#: Version by version, the flags that may be set. Every version ever released stays in this table.
FLAGS = {1: COMPRESSED, 2: COMPRESSED | SIGNED}
#: The versions that are read and written.
FORMATS = tuple(FLAGS)
#: What is written unless another version is asked for.
VERSION = 2
