"""The commands of tokens."""

from __future__ import annotations

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Engine
from tests.cli.conftest import Shell


def test_a_token_is_shown_once_and_is_good(shell: Shell) -> None:
    made = shell('tokens', 'create', 'ci', '--role', 'submit', '--namespace', 'team-a')
    listed = shell('tokens', 'list')

    text = made.out.strip()
    with Engine(shell.url) as engine:
        token = engine.token_of(text)
    assert token is not None
    assert (token.name, token.role, token.namespace) == ('ci', 'submit', 'team-a')
    assert made.err == 'keep it: it is shown this once. It is good for submit\n'
    assert token.id in listed.out
    assert text.rpartition('_')[2] not in listed.out


def test_a_token_with_an_end_says_so(shell: Shell) -> None:
    made = shell('tokens', 'create', 'ci', '--days', '30')
    document = shell('tokens', 'list', '--json').document

    assert ' until 20' in made.err
    assert document[0]['expires_at'] is not None


def test_a_token_is_revoked(shell: Shell) -> None:
    made = shell('tokens', 'create', 'ci', '--json').document
    token_id = made['token']['id']
    revoked = shell('tokens', 'revoke', token_id)
    again = shell('tokens', 'revoke', token_id)

    with Engine(shell.url) as engine:
        assert engine.token_of(made['text']) is None
    assert revoked.out == f'token {token_id} is good no more\n'
    assert again.code is ExitCode.NOT_FOUND


def test_a_role_that_is_none_is_refused(shell: Shell) -> None:
    answer = shell('tokens', 'create', 'ci', '--role', 'root')

    assert (answer.code, answer.err) == (
        ExitCode.USAGE,
        "'root' is no role; there are read, submit, operate, admin\n",
    )


def test_no_tokens_are_told_in_words(shell: Shell) -> None:
    assert shell('tokens', 'list').err == 'no tokens: the server hears this machine only\n'
