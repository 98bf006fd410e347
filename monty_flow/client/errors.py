"""What a client raises."""

from __future__ import annotations


class ServerError(Exception):
    """The server answered with an error; `code` is its kind, which does not change, the text says what to do."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
