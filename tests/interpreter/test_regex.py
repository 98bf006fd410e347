"""`re` on an engine with a time-out: the meaning is CPython's, which is the oracle here."""

import re
import warnings

import pytest

from monty_flow import Complete, Monty, Snapshot
from monty_flow.interpreter import modules
from monty_flow.interpreter.errors import LimitReached, TimeLimitError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.modules.matching import (
    MAX_PATTERN_LENGTH,
    make_match,
    make_pattern,
    match_state,
    pattern_state,
)
from monty_flow.interpreter.modules.pattern_syntax import MAX_EXPANDED_SIZE, compile_native, parse
from monty_flow.interpreter.runtime.run import Run

PATTERNS = [
    'a', 'abc', 'a*', 'a*?', '(a|b)*', '(a|ab)(c|bcd)(d*)', '^abc$', '(?m)^\\w+$', '\\d+', '\\D+', '\\s+', '\\S+',
    '\\w+', '\\W+', '\\b\\w', '\\B\\w', '\\B', '\\b', '[a-z]+', '[^a-z]+', '[\\w.-]+@[\\w-]+\\.\\w+', '[\\W\\d]+',
    '[^\\W\\d]+', '[\\D]', '[\\S\\n]', '(?P<y>\\d{4})-(?P<m>\\d\\d)', '(a)?b(?(1)c|d)', '(?:(a)|b)*',
    '(a)|(b)|(c)', '((a)(b)?)+', '(.)\\1', '(?P<q>[\'"]).*?(?P=q)', '(?i)stra\xdfe', '(?i)[A-Z]+', '(?i)k',
    '(?i:a)b', '(?s).+', '.+', '(?x) a  b # c', 'a{2,3}', 'a{,2}', 'a{2}', 'a{e<=1}', 'x{', '[[:alpha:]]', '[[a]',
    '(?<=a)b', '(?<!a)b', '(?=a).', '(?!a).', 'a|b|', '|a', '()', '(?:)', '$', '^', '\\Z', '\\A', '\\n?$',
    '(?>a+)b', 'a++b', 'a*+', '(?a)\\w+', '(?a:\\w+)\xe9', '(?ai)[a-z]+', '(?i)\u017f', '(?i)\u0130', '(?i)[^k]',
    '\\u00e9+', '\\x41|\\101', '[\\x00-\\x20]+', '[]a]+', '[^]a]+', '[a\\]]+', '(foo|foobar)baz', '(a+)(b+)?',
    '(?:a|b)+?c', '(\\w+)\\s+\\1', '(?i)(\\w)\\1', ',\\s*', '(,)', 'x*', '(?:x|y)?', '\\.', '\\t|\\\\', '[\\b]',
    '(?P<a>.)(?P<b>.)?', '((((a))))', '(a(b(c)?)?)?', '(?=(a))a', '(?<=(a))b', '(?s:.)(?-s:.)', '(?-i:a)',
    '(?m:^a$)', '(?:^|,)([^,]*)', '"(?:[^"\\\\]|\\\\.)*"', '<[^>]+>', '-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?',
    '(?i)\xdf|ss', '[\xe0-\xfc]+', '(?i)[\xe0-\xfc]+', '(?i)\u03c3', '(a?)*', '(a*)*', '(a*)+', '(?:a?)*?b',
    '(a|b)*?c', '[^\\s]+', '[\\s\\d]+', '[^\\w\\s]', '(?:(?:a){2}){2}', '(', ')', '[', '*a', 'a**', 'a{3,2}',
    '(?P<1>a)', '(?P<a>b)(?P<a>c)', '\\q', '(?<=a+)b', '(?P=zz)', '\\9', 'a\\', '(?z)', '[z-a]', '(?P<n', 'x(?i)',
    '(?(9)a|b)', '(?P>a)', '\\p{L}',
]  # fmt: skip
# Not here: pairs of letters that are the same only by case folding (`\u0130`, `\u03c2`, `\u017f`); `modules/re.py` says why.
TEXTS = [
    '', 'a', 'abc', 'aab', 'abcd', 'aXbXc', 'hello world', 'foo bar  foo\nbaz', '2024-01-31 and 1999-12-31',
    'user@example.com, x.y@z.org', 'STRASSE stra\xdfe Stra\xdfe', '\xe9\xe8\xe0 \xfc\xdc \xf1', '"a\\"b" \'c\'',
    'aaa', 'aaaa aa a', 'ab ab\nab\n', 'k K \u212a', 'x{1} a{e<=1} [a]:alpha', 'bd abc',
    '\x1c \x85\u2003 \xa0', '\uff11\uff12\uff13 \u0663', '_under score_', 'a\u0301e', '1,2,,3', 'foobarbaz',
    '-1.5e10 2 .5', '<b>x</b>', 'axbxxc', '\ufb01 fi', '\xb2\xb3 \xbd', 'a,b, c', '\tx\\y\x08', '\u1e9e \xdf SS',
]  # fmt: skip


def make_run(**limits):
    run = Run(None, ResourceLimits(**limits))
    run.fill(10**12)
    return run


def load(**limits):
    return modules.load('re', make_run(**limits))


def outcome(act):
    try:
        return act()
    except Exception as error:
        return type(error).__name__, str(error)


def shown(match):
    """Return everything that a match says of itself."""
    if match is None:
        return None
    return (
        match.regs, match.lastindex, match.lastgroup, match.groupdict(), match.groups('-'), match.group(), match[0],
        match.start(), match.end(), match.span(), match.pos, match.endpos, match.string, repr(match),
    )  # fmt: skip


def everything(module, pattern, text):
    """Use a pattern on a text in every way."""
    compiled = module.compile(pattern)
    return (
        (compiled.pattern, compiled.flags, compiled.groups, dict(compiled.groupindex), repr(compiled)),
        shown(compiled.search(text)), shown(compiled.match(text)), shown(compiled.fullmatch(text)),
        shown(compiled.search(text, 1)), shown(compiled.search(text, 0, 2)), shown(compiled.match(text, -1, 100)),
        compiled.findall(text), [shown(match) for match in compiled.finditer(text)],
        [shown(match) for match in compiled.finditer(text, 1, 4)],
        compiled.split(text), compiled.split(text, maxsplit=1), compiled.split(text, maxsplit=-1),
        compiled.subn(r'<\g<0>>', text), compiled.sub('-', text, count=2),
        compiled.sub(lambda match: f'[{match[0]}]', text),
        module.search(pattern, text) is None, module.findall(pattern, text, flags=re.IGNORECASE.value),
    )  # fmt: skip


@pytest.mark.parametrize('pattern', PATTERNS)
def test_a_pattern_means_what_it_means_in_cpython(pattern):
    module = load()
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', FutureWarning)
        answers = [outcome(lambda text=text: everything(module, pattern, text)) for text in TEXTS]
        expected = [outcome(lambda text=text: everything(re, pattern, text)) for text in TEXTS]

    assert answers == expected


@pytest.mark.parametrize('pattern', [rb'\w+', rb'(?i)[a-z]+', rb'\xe9|\d', rb'(a)(b)?', rb'\bx', rb'[^\W\d]', rb'.*?$'])
@pytest.mark.parametrize('text', [b'', b'abc \xe9 1', b'x ab a', bytearray(b'ax\n')])
def test_a_bytes_pattern_means_what_it_means_in_cpython(pattern, text):
    def act(module):
        compiled = module.compile(pattern)
        found = compiled.search(text)
        return compiled.findall(text), found and found.span(), compiled.sub(rb'<\g<0>>', text), compiled.split(text)

    assert act(load()) == act(re)


@pytest.mark.parametrize('flags', [re.I, re.M, re.S, re.X, re.A, re.I | re.M, re.A | re.I, re.NOFLAG], ids=repr)
@pytest.mark.parametrize('pattern', ['^a.b$', r'\w +é', '[a-z]+ #x'])
def test_flags_mean_what_they_mean_in_cpython(pattern, flags):
    text = 'A\nb a\nb\n é aé Zé z #x'

    assert load().findall(pattern, text, int(flags)) == re.findall(pattern, text, flags)
    assert repr(load().compile(pattern, int(flags))) == repr(re.compile(pattern, flags))


@pytest.mark.parametrize(
    'template',
    [
        '', 'x', r'\1', r'\2\1', r'\g<1>0', r'\g<name>', r'\g<0>', r'\0', r'\01', r'\101', r'\n\t\\', r'\-', r'\3', r'\q',
        r'\g<3>', r'\g<nope>', r'\g<', r'\g', r'\g<>', r'\g<a', r'\g<1a>', '\\', r'\777', r'\10', r'\18',
    ],
)  # fmt: skip
def test_a_replacement_template_reads_as_in_cpython(template):
    pattern = r'(?P<name>a)(b)?'

    assert outcome(lambda: load().sub(pattern, template, 'ab a')) == outcome(lambda: re.sub(pattern, template, 'ab a'))
    assert outcome(lambda: load().match(pattern, 'a').expand(template)) == outcome(
        lambda: re.match(pattern, 'a').expand(template)
    )


@pytest.mark.parametrize(
    'act',
    [
        lambda module: module.search('a', b'a'), lambda module: module.search(b'a', 'a'),
        lambda module: module.search('a', None), lambda module: module.compile(5),
        lambda module: module.compile(module.compile('a'), 2), lambda module: module.match('a', 'a').group(1),
        lambda module: module.match('a', 'a').group('x'), lambda module: module.match('a', 'a').start(-1),
        lambda module: module.sub('a', lambda match: 5, 'xa'), lambda module: module.sub('a', lambda match: None, 'xa'),
        lambda module: module.escape('a.b c-é\n'), lambda module: module.escape(b'a.b\xe9'),
        lambda module: module.compile('a') == module.compile('a'),
        lambda module: module.compile('a') == module.compile('a', 2),
        lambda module: module.match('(a)(b)?', 'a').group(1, 2), lambda module: module.purge(),
    ],
)  # fmt: skip
def test_an_edge_of_the_api_is_as_in_cpython(act):
    assert outcome(lambda: act(load())) == outcome(lambda: act(re))


def test_a_bad_pattern_raises_the_exported_error():
    module = load()

    with pytest.raises(module.error) as caught:
        module.compile('a(b')
    error = caught.value
    assert (str(error), error.msg, error.pattern, error.pos) == (
        'missing ), unterminated subpattern at position 1', 'missing ), unterminated subpattern', 'a(b', 1,
    )  # fmt: skip
    assert type(error) is module.error is module.PatternError


@pytest.mark.parametrize(('pattern', 'text'), [(r'(a|aa)+$', 'a' * 60 + 'b'), (r'(x+x+)+y', 'x' * 5000)])
@pytest.mark.parametrize('method', ['search', 'match', 'fullmatch', 'findall', 'split'])
def test_a_pattern_bomb_stops_at_the_time_limit(pattern, text, method):
    module = load(max_duration_secs=0.05)

    with pytest.raises(LimitReached) as caught:
        getattr(module, method)(pattern, text)
    assert type(caught.value.error) is TimeLimitError
    assert (caught.value.error.limit, caught.value.error.value) == ('max_duration_secs', 0.05)


def test_without_a_time_limit_a_search_has_a_limit_of_its_own():
    with pytest.raises(LimitReached) as caught:
        load(max_duration_secs=None).search(r'(a|aa)+$', 'a' * 60 + 'b')

    assert (caught.value.error.limit, caught.value.error.value) == ('regex_search_secs', 1.0)


def test_a_long_pattern_is_refused():
    module = load()

    assert module.search('a' * MAX_PATTERN_LENGTH, 'a') is None
    with pytest.raises(module.error, match=r'^pattern of more than 10000 characters$'):
        module.compile('a' * (MAX_PATTERN_LENGTH + 1))


@pytest.mark.parametrize('pattern', ['((a{1000}){1000}){1000}', '[ab]{1000000}', '(?:(?:ab){300}){300}'])
def test_a_pattern_with_too_many_required_repeats_is_refused(pattern):
    with pytest.raises(re.error, match=rf'^pattern repeats more than {MAX_EXPANDED_SIZE} items$'):
        load().compile(pattern)


def test_the_locale_is_refused():
    with pytest.raises(ValueError, match=r'^the LOCALE flag is not supported in the sandbox$'):
        load().compile(b'a', 4)


def test_a_substitution_over_the_memory_limit_is_refused():
    with pytest.raises(LimitReached) as caught:
        load(max_memory=10_000).sub('a', 'x' * 100, 'a' * 101)

    assert caught.value.error.limit == 'max_memory'


def test_an_exception_of_a_callback_comes_through():
    class Stop(BaseException):
        pass

    def stop(match):
        raise Stop

    with pytest.raises(Stop):
        load().sub('a', stop, 'a')


def test_a_pattern_and_a_match_are_rebuilt_from_their_state():
    module = load()
    pattern = module.compile(r'(?i)(?P<x>a)(b)?', re.M.value)
    match = pattern.search('xA', 1)
    run = make_run()
    pattern_again = make_pattern(run, *pattern_state(pattern))
    match_again = make_match(pattern_again, *match_state(match)[1:])

    assert pattern_again == pattern
    assert shown(match_again) == shown(match)
    assert match_again.expand(r'<\1>') == '<A>'


@pytest.mark.parametrize('name', ['Pattern', 'Match'])
def test_patterns_and_matches_cannot_be_made_or_changed_by_scripts(name):
    module = load()
    value = module.compile('a') if name == 'Pattern' else module.match('a', 'a')

    assert type(value) is getattr(module, name)
    with pytest.raises(TypeError, match=rf"^cannot create 're.{name}' instances$"):
        type(value)()
    with pytest.raises(AttributeError, match=rf"^'{name}' object attribute 'flags' is read-only$"):
        value.flags = 1
    assert not hasattr(value, '__dict__')


@pytest.mark.parametrize(
    ('pattern', 'quick'),
    [
        ('abc', True),
        (r'\d+', True),
        ('(a+)+', False),
        ('(a|aa)*', False),
        ('(?:a?){9}', False),
        ('a?a?a?a?a?', False),
        ('(?=(a+))*', False),
    ],
)
def test_only_a_pattern_that_cannot_take_long_on_a_short_text_goes_without_a_time_out(pattern, quick):
    engine = compile_native(parse(pattern, 0))

    assert engine.is_quick(50) is quick
    assert not engine.is_quick(10_000_000)


@pytest.mark.parametrize(
    ('pattern', 'quick'),
    [(r'\d+', True), (r'\d+x', False), (r'(\d{4})-\d\d', True), (r'(a+)\1b', False), (r'(ab)\1', False)],
)
def test_all_searches_of_a_page_go_without_a_time_out_only_where_each_place_is_looked_at_a_few_times(pattern, quick):
    assert compile_native(parse(pattern, 0)).is_quick(6_000) is quick


def test_overlapping_classes_in_a_set_do_not_make_a_bomb():
    text = 'é' + '\n' * 2000

    assert load(max_duration_secs=0.5).search(r'[\W\n]+x', text) is None
    assert load().findall(r'[\s\S]', 'é\n') == ['é', '\n']


def test_a_substitution_by_a_function_of_the_host_stops_for_it() -> None:
    state = Monty("import re\nre.sub('a+', f, 'baac')", external_functions=['f']).start()

    assert isinstance(state, Snapshot)
    assert str(state.args[0]) == "ScriptObject(type_name='Match', text='<Match object>')"
    end = state.resume(return_value='X')
    assert isinstance(end, Complete)
    assert end.output == 'bXc'
