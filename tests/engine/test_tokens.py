"""Tokens of the server, on every database."""

from __future__ import annotations

import pytest

from monty_flow.engine import Engine, ManualClock, Role, TokenNotFound, TokenRefused
from monty_flow.engine.store import Store


@pytest.fixture
def engine(url: str, clock: ManualClock) -> Engine:
    """Return an engine whose time stands still."""
    return Engine(url, clock=clock)


def test_a_token_is_known_by_its_text(engine: Engine) -> None:
    made = engine.create_token('ci', 'submit', namespace='team-a')

    assert engine.token_of(made.text) == made.token
    assert (made.token.role, made.token.namespace) == (Role.SUBMIT, 'team-a')


def test_the_text_is_not_in_the_database(engine: Engine, store: Store) -> None:
    made = engine.create_token('ci', 'read')
    [row] = store.list_tokens()

    secret = made.text.rpartition('_')[2]
    assert len(secret) == 64
    assert secret not in repr(row)


@pytest.mark.parametrize('change', [lambda text: text[:-1], lambda text: text + '0', str.upper, lambda text: ''])
def test_another_text_is_no_token(engine: Engine, change: object) -> None:
    made = engine.create_token('ci', 'read')

    assert engine.token_of(change(made.text)) is None  # type: ignore[operator]


def test_the_secret_of_one_token_is_none_of_another(engine: Engine) -> None:
    one, other = (engine.create_token('ci', 'read') for _ in range(2))
    mixed = '_'.join([*one.text.split('_')[:2], other.text.split('_')[2]])

    assert engine.token_of(mixed) is None


def test_a_revoked_token_is_good_no_more(engine: Engine) -> None:
    made = engine.create_token('ci', 'read')
    engine.revoke_token(made.token.id)

    assert engine.token_of(made.text) is None
    assert engine.token_by_id(made.token.id) is None
    with pytest.raises(TokenNotFound) as caught:
        engine.revoke_token(made.token.id)
    assert str(caught.value) == (
        f'no token that is still good has the id {made.token.id!r}; list the tokens to see those that exist'
    )


def test_a_token_ends_when_its_time_has_come(engine: Engine, clock: ManualClock) -> None:
    made = engine.create_token('ci', 'read', valid_seconds=60)
    clock.advance(59)
    before = engine.token_of(made.text)
    clock.advance(1)

    assert before == made.token
    assert engine.token_of(made.text) is None
    assert [token.id for token in engine.tokens()] == [made.token.id]


@pytest.mark.parametrize(
    ('name', 'role', 'namespace', 'seconds', 'message'),
    [
        ('', 'read', 'default', None, 'a token needs a name of 1 to 100 characters that says whose it is'),
        ('ci', 'root', 'default', None, "'root' is no role; there are read, submit, operate, admin"),
        ('ci', 'read', '', None, "'' is no namespace; name one, or '*' for all"),
        ('ci', 'read', 'default', 0, 'a token cannot be valid for 0 s; give a time above 0, or none'),
    ],
)
def test_a_token_that_cannot_be_is_refused(
    engine: Engine, name: str, role: str, namespace: str, seconds: float | None, message: str
) -> None:
    with pytest.raises(TokenRefused) as caught:
        engine.create_token(name, role, namespace=namespace, valid_seconds=seconds)

    assert str(caught.value) == message


def test_each_role_may_do_what_the_ones_before_it_may() -> None:
    allowed = {role: [needed for needed in Role if role.allows(needed)] for role in Role}

    assert allowed == {role: list(Role)[: place + 1] for place, role in enumerate(Role)}
