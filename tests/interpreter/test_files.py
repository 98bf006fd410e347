"""Files of a run: virtual, bounded, carried by snapshots; a directory of the host is shown and never left or changed."""

import os

import pytest

from monty_flow import (
    BoundaryError,
    CallbackFile,
    Complete,
    MemoryFile,
    MemoryLimitError,
    Monty,
    MontyRuntimeError,
    Mount,
    OSAccess,
    ResourceLimits,
    load,
)
from monty_flow.interpreter.runtime.files import measured, parts_of


def run(source, **access):
    return Monty(source).run(os_access=OSAccess(**access))


def error_of(source, **access):
    with pytest.raises(MontyRuntimeError) as caught:
        run(source, **access)
    return caught.value.exception_type, caught.value.message


def through_bytes(source, **access):
    """Run with one external call `stop()`, at which the state goes through bytes; the host shows itself again."""
    given = OSAccess(**access)
    state = Monty(source, external_functions=['stop']).start(os_access=given)
    end = load(state.dump(), os_access=given).resume(return_value=None)
    assert isinstance(end, Complete)
    return end.output


@pytest.fixture
def shown(tmp_path):
    """Return a directory of the host with a file, a link out of it, and a secret beside it."""
    inside = tmp_path / 'inside'
    (inside / 'sub').mkdir(parents=True)
    (inside / 'a.txt').write_text('from the host')
    (inside / 'sub' / 'b.txt').write_text('below')
    (tmp_path / 'secret.txt').write_text('secret')
    (inside / 'link.txt').symlink_to(tmp_path / 'secret.txt')
    (inside / 'linked').symlink_to(tmp_path)
    return inside


def test_a_script_reads_and_writes_the_files_that_it_is_given():
    source = "open('/in.txt').read() + open('/in.bin', 'rb').read().decode()"

    assert run(source, files=[MemoryFile('/in.txt', 'text'), MemoryFile('/in.bin', b' bytes')]) == 'text bytes'


def test_a_change_of_a_given_file_is_the_runs_own():
    given = MemoryFile('/n.txt', 'old')
    source = "with open('/n.txt', 'a') as f: f.write(' new')\nopen('/n.txt').read()"

    assert [run(source, files=[given]) for _ in range(2)] == ['old new', 'old new']


def test_relative_paths_start_at_the_root_dir():
    source = "import os\n(os.getcwd(), open('data.csv').read(), os.path.abspath('x'))"

    found = run(source, files=[MemoryFile('data.csv', 'a,b')], root_dir='/work/dir')

    assert found == ('/work/dir', 'a,b', '/work/dir/x')


def test_without_access_a_script_has_an_empty_file_system_of_its_own():
    source = "import os\nopen('/tmp/x', 'w').write('1')\n(os.listdir('/tmp'), dict(os.environ.items()))"

    assert [Monty(source).run() for _ in range(2)] == [(['x'], {})] * 2


def test_files_written_before_a_pause_are_in_the_snapshot():
    source = """
f = open('/log.txt', 'w')
f.write('before ')
stop()
f.write('after')
f.close()
open('/log.txt').read()
"""
    assert through_bytes(source) == 'before after'


def test_the_environment_is_a_copy_that_the_script_may_change():
    environ = {'HOME': '/home/ann', 'TOKEN': 'x'}
    source = """
import os
os.environ['NEW'] = '1'
del os.environ['TOKEN']
stop()
(dict(os.environ.items()), os.path.expanduser('~/a'), os.path.expandvars('$HOME/${NEW}'))
"""
    found = through_bytes(source, environ=environ)

    assert found == ({'HOME': '/home/ann', 'NEW': '1'}, '/home/ann/a', '/home/ann/1')
    assert environ == {'HOME': '/home/ann', 'TOKEN': 'x'}


def test_a_callback_file_asks_the_host_when_it_is_opened_and_tells_it_when_it_is_closed():
    taken = []
    file = CallbackFile('/dev/feed', read=lambda: 'fresh', write=taken.append)
    source = "x = open('/dev/feed').read()\nwith open('/dev/feed', 'w') as f:\n    f.write('answer')\nx"

    assert run(source, files=[file]) == 'fresh'
    assert taken == [b'answer']


def test_an_error_of_a_callback_enters_the_script_as_its_own():
    def read():
        raise PermissionError('not today')

    source = "try:\n    open('/x')\nexcept PermissionError as e:\n    r = str(e)\nr"

    assert run(source, files=[CallbackFile('/x', read=read)]) == 'not today'


def test_a_callback_file_is_out_of_reach_after_a_load_that_does_not_give_it():
    state = Monty("stop()\nopen('/x').read()").start(os_access=OSAccess([CallbackFile('/x', read=lambda: 'y')]))

    with pytest.raises(MontyRuntimeError) as caught:
        load(state.dump()).resume(return_value=None)

    assert caught.value.message == "[Errno 13] Permission denied: '/x'"


# A directory of the host


def test_a_mount_shows_files_and_directories_of_the_host(shown):
    source = "import os\n(sorted(os.listdir('/mnt')), open('/mnt/a.txt').read(), open('/mnt/sub/b.txt').read())"

    found = run(source, mounts=[Mount(shown, '/mnt')])

    assert found == (['a.txt', 'sub'], 'from the host', 'below')


@pytest.mark.parametrize('mode', ['read-only', 'overlay'])
@pytest.mark.parametrize(
    'path',
    ['/mnt/../secret.txt', '/mnt/sub/../../secret.txt', '/mnt/link.txt', '/mnt/linked/secret.txt', '/mnt/./../../etc/passwd',
     '/mnt/a.txt/../../secret.txt', '//mnt//..//secret.txt'],
)  # fmt: skip
def test_no_path_leads_out_of_a_mount(shown, path, mode):
    kind, message = error_of(f'open({path!r}).read()', mounts=[Mount(shown, '/mnt', mode)])

    assert kind in ('FileNotFoundError', 'NotADirectoryError')
    assert message.endswith(repr(path))


def test_what_becomes_a_link_after_the_start_is_not_followed(shown, tmp_path):
    state = Monty("stop()\nopen('/mnt/sub/b.txt').read()").start(os_access=OSAccess(mounts=[Mount(shown, '/mnt')]))
    (shown / 'sub' / 'b.txt').unlink()
    (shown / 'sub').rmdir()
    (shown / 'sub').symlink_to(tmp_path)
    (tmp_path / 'b.txt').write_text('secret')

    with pytest.raises(MontyRuntimeError) as caught:
        state.resume(return_value=None)

    assert caught.value.exception_type == 'FileNotFoundError'


@pytest.mark.parametrize(
    'act',
    ["open('/mnt/a.txt', 'w')", "open('/mnt/new.txt', 'w')", "os.remove('/mnt/a.txt')", "os.mkdir('/mnt/d')",
     "os.rename('/mnt/a.txt', '/b.txt')", "os.rename('/c.txt', '/mnt/c.txt')"],
)  # fmt: skip
def test_a_read_only_mount_refuses_every_change(shown, act):
    kind, message = error_of(f'import os\n{act}', mounts=[Mount(shown, '/mnt')], files=[MemoryFile('/c.txt')])

    assert (kind, message.startswith('[Errno 30] Read-only file system')) == ('OSError', True)


def test_an_overlay_takes_writes_and_the_host_never_sees_them(shown):
    source = """
import os
with open('/mnt/a.txt', 'a') as f:
    f.write(' and the script')
os.remove('/mnt/sub/b.txt')
os.rmdir('/mnt/sub')
os.mkdir('/mnt/sub')
open('/mnt/sub/c.txt', 'w').write('mine')
stop()
(open('/mnt/a.txt').read(), os.listdir('/mnt/sub'), os.path.exists('/mnt/sub/b.txt'), sorted(os.listdir('/mnt')))
"""
    found = through_bytes(source, mounts=[Mount(shown, '/mnt', 'overlay')])

    assert found == ('from the host and the script', ['c.txt'], False, ['a.txt', 'sub'])
    assert (shown / 'a.txt').read_text() == 'from the host'
    assert (shown / 'sub' / 'b.txt').read_text() == 'below'
    assert sorted(os.listdir(shown)) == ['a.txt', 'link.txt', 'linked', 'sub']


def test_a_directory_of_the_host_moves_as_a_whole(shown):
    source = "import os\nos.rename('/mnt/sub', '/moved')\n(open('/moved/b.txt').read(), os.path.exists('/mnt/sub'))"

    assert run(source, mounts=[Mount(shown, '/mnt', 'overlay')]) == ('below', False)


def test_a_mount_of_no_directory_is_refused(tmp_path):
    with pytest.raises(BoundaryError) as caught:
        Mount(tmp_path / 'nothing', '/mnt')

    assert str(caught.value).endswith("/nothing' of the mount at '/mnt' does not exist")


def test_messages_name_no_path_of_the_host(shown):
    _, message = error_of("open('/mnt/nothing.txt')", mounts=[Mount(shown, '/mnt')])

    assert message == "[Errno 2] No such file or directory: '/mnt/nothing.txt'"


# Bounds


def test_the_file_system_is_full_at_its_limit():
    kind, message = error_of("with open('/x', 'wb') as f: f.write(bytes(2000))", max_file_bytes=1000)

    assert (kind, message) == ('OSError', "[Errno 28] No space left on device: '/x'")


def test_a_write_far_behind_the_end_is_judged_before_it_is_made():
    kind, _ = error_of("f = open('/x', 'wb')\nf.seek(10**12)\nf.write(b'x')\nf.flush()")

    assert kind == 'OSError'


def test_files_count_as_memory():
    limits = ResourceLimits(max_memory=1 << 20)
    source = "with open('/x', 'wb') as f:\n    for i in range(64):\n        f.write(bytes(1 << 15))\n        f.flush()"

    with pytest.raises(MemoryLimitError):
        Monty(source).run(limits=limits)


# The clock


def test_a_frozen_clock_stands_still_across_pauses():
    source = 'import time\na = time.time()\nstop()\ntime.time() == a'

    assert through_bytes(source, clock='frozen') is True


def test_a_clock_may_be_a_moment_or_a_function():
    moments = iter([1.5, 2.5])

    assert run('import time\ntime.time()', clock=1_700_000_000) == 1_700_000_000.0
    assert run('import time\n(time.time(), time.time())', clock=lambda: next(moments)) == (1.5, 2.5)


def test_datetime_reads_the_same_clock():
    source = 'from datetime import datetime\ndatetime.now().isoformat()'

    assert run(source, clock=0.0) == '1970-01-01T00:00:00'


# Bytes of a stranger


@pytest.mark.parametrize(
    'tree',
    [
        {'a': 1},
        {1: {}},
        {'a/b': {}},
        {'..': {}},
        {'a': [b'', 0.0]},
        {'a': [bytearray(), 1]},
        [],
        None,
        {'a': {'b': ()}},
    ],
)
def test_a_tree_that_is_none_is_refused(tree):
    with pytest.raises(ValueError, match='of a run is malformed'):
        measured(tree)


def test_a_tree_that_holds_itself_is_refused():
    tree = {}
    tree['a'] = tree

    with pytest.raises(ValueError, match='malformed'):
        measured(tree)


@pytest.mark.parametrize(
    ('path', 'parts'),
    [('/', ()), ('a', ('w', 'a')), ('../..', ()), ('/a/./b//c/..', ('a', 'b')), ('..', ())],
)
def test_a_path_is_worked_out_below_the_root(path, parts):
    assert parts_of(path, ('w',)) == parts
