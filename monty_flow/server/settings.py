"""The settings of a server, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from monty_flow.engine import Clock, SystemClock

#: Names of this machine for itself.
LOOPBACK_NAMES = frozenset({'localhost', '127.0.0.1', '::1'})


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server behaves."""

    #: The database.
    url: str
    #: Names, without ports, by which browsers may call the server besides those of the loopback: a page of another name that
    #: resolves to this address (DNS rebinding) is not heard.
    allowed_hosts: frozenset[str] = frozenset()
    #: Connections to the database; each serves one request at a time.
    connections: int = 4
    #: Bytes of a request's body.
    max_body_bytes: int = 4 * 1024 * 1024
    #: Bytes of a run that is imported.
    max_import_bytes: int = 64 * 1024 * 1024
    #: Requests a second of one token (without tokens: of one address) in the long run, and at once after a rest.
    requests_per_second: float = 100.0
    burst: int = 300
    #: Wrong tokens a second from one address, and at once: a person who mistypes, not one who tries.
    failures_per_second: float = 0.2
    failure_burst: int = 10
    #: Seconds for the body of a request to arrive.
    body_seconds: float = 60.0
    #: Connections at once; those beyond are told to come back later.
    max_connections: int = 2000
    #: Event streams that are open at once, and of those the ones of one token (without tokens: of one address).
    max_streams: int = 500
    max_streams_of_one: int = 250
    #: Seconds between two looks for commits, shared by all who wait.
    poll_seconds: float = 0.1
    #: Seconds of silence after which a stream says that it is still there, so that proxies keep it.
    heartbeat_seconds: float = 15.0
    #: Seconds for which a browser stays signed in.
    session_seconds: float = 12 * 3600.0
    #: Whether cookies are for https only; set it behind a proxy that speaks https.
    secure_cookies: bool = False
    clock: Clock = field(default_factory=SystemClock)
