"""`os`: a stub with an empty environment, and `os.path` with the functions that only read text."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from monty_flow.interpreter.modules.module import Definition, Frozen, Functions, metered


class Environ(Frozen):
    """The environment of a script: an empty mapping that cannot be changed."""

    __slots__ = ()

    def get(self, key: str, default: Any = None, /) -> Any:
        return default

    def keys(self) -> list[str]:
        return []

    def values(self) -> list[str]:
        return []

    def items(self) -> list[tuple[str, str]]:
        return []

    def copy(self) -> dict[str, str]:
        return {}

    def __getitem__(self, key: str) -> NoReturn:
        raise KeyError(key)

    def __setitem__(self, key: str, value: object) -> NoReturn:
        raise TypeError('os.environ is read-only in the sandbox; pass settings in as inputs')

    def __delitem__(self, key: str) -> NoReturn:
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return False

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return 'environ({})'


class OsFunctions(Functions):
    """The functions of `os`."""

    __slots__ = ()
    module = 'os'

    def getenv(self, key: str, default: Any = None) -> Any:
        if not isinstance(key, str):
            raise TypeError(f'str expected, not {type(key).__name__}')
        return default

    def getcwd(self) -> str:
        return '/'

    def fspath(self, path: Any) -> Any:
        return _path(path)


class PathFunctions(Functions):
    """The functions of `os.path`: POSIX rules on text, without a look at any file."""

    __slots__ = ()
    module = 'os.path'

    def join(self, a: Any, /, *paths: Any) -> Any:
        exact = [_path(path) for path in (a, *paths)]
        self._run.charge(len(exact))
        self._run.reserve(sum(map(len, exact)) + len(exact))
        return posixpath.join(*exact)

    def basename(self, p: Any) -> Any:
        return self._of(posixpath.basename, p)

    def dirname(self, p: Any) -> Any:
        return self._of(posixpath.dirname, p)

    def split(self, p: Any) -> Any:
        return self._of(posixpath.split, p)

    def splitext(self, p: Any) -> Any:
        return self._of(posixpath.splitext, p)

    def splitdrive(self, p: Any) -> Any:
        return self._of(posixpath.splitdrive, p)

    def normpath(self, path: Any) -> Any:
        return self._of(posixpath.normpath, path)

    def normcase(self, s: Any) -> Any:
        return _path(s)

    def isabs(self, s: Any) -> bool:
        return posixpath.isabs(_path(s))

    def abspath(self, path: Any) -> Any:
        exact = _path(path)
        return self.normpath(self.join('/' if isinstance(exact, str) else b'/', exact))

    def commonpath(self, paths: Iterable[Any]) -> Any:
        return posixpath.commonpath(self._all(paths))

    def commonprefix(self, m: Iterable[Any]) -> Any:
        return posixpath.commonprefix(self._all(m))

    def relpath(self, path: Any, start: Any = None) -> Any:
        if not path:
            raise ValueError('no path specified')
        exact = _path(path)
        root = '/' if isinstance(exact, str) else b'/'
        return self._of(lambda absolute: posixpath.relpath(absolute, self.abspath(start or root)), self.abspath(exact))

    def _of(self, function: Callable[[Any], Any], path: Any) -> Any:
        exact = _path(path)
        self._run.charge(len(exact) >> 4)
        return function(exact)

    def _all(self, paths: Iterable[Any]) -> list[Any]:
        exact = [_path(path) for path in metered(self._run, paths)]
        self._run.charge(sum(map(len, exact)) >> 4)
        return exact


def _path(path: Any) -> Any:
    if isinstance(path, str):
        return str.__str__(path)
    if type(path) is bytes:
        return path
    raise TypeError(f'expected str, bytes or os.PathLike object, not {type(path).__name__}')


_TEXTS = {
    'sep': '/',
    'altsep': None,
    'extsep': '.',
    'pathsep': ':',
    'curdir': '.',
    'pardir': '..',
    'devnull': '/dev/null',
    'defpath': '/bin:/usr/bin',
}

PATH_MODULE = Definition(
    'os.path',
    static={**_TEXTS, 'supports_unicode_filenames': False},
    functions=PathFunctions,
    left_out={
        'scripts have no files of the host; pass data in as inputs or through an external function': 'exists isdir '
        'isfile isjunction islink ismount isdevdrive lexists getatime getctime getmtime getsize realpath samefile '
        'sameopenfile samestat isreserved',
        'a script has no home and no environment': 'expanduser expandvars',
        'it is not part of this release; use split()': 'splitroot',
        'it is not meant for users of the module': 'genericpath os stat sys ALLOW_MISSING',
    },
)

MODULE = Definition(
    'os',
    static={**_TEXTS, 'name': 'posix', 'linesep': '\n', 'environ': Environ()},
    functions=OsFunctions,
    objects={'path': lambda run: PATH_MODULE.bind(run, {})},
    left_out={
        'it is a constant of functions that are left out': 'CLD_CONTINUED CLD_DUMPED CLD_EXITED CLD_KILLED CLD_STOPPED CLD_TRAPPED CLONE_FILES CLONE_FS '
        'CLONE_NEWCGROUP CLONE_NEWIPC CLONE_NEWNET CLONE_NEWNS CLONE_NEWPID CLONE_NEWTIME CLONE_NEWUSER '
        'CLONE_NEWUTS CLONE_SIGHAND CLONE_SYSVSEM CLONE_THREAD CLONE_VM EFD_CLOEXEC EFD_NONBLOCK '
        'EFD_SEMAPHORE EX_CANTCREAT EX_CONFIG EX_DATAERR EX_IOERR EX_NOHOST EX_NOINPUT EX_NOPERM EX_NOUSER '
        'EX_OK EX_OSERR EX_OSFILE EX_PROTOCOL EX_SOFTWARE EX_TEMPFAIL EX_UNAVAILABLE EX_USAGE F_LOCK F_OK '
        'F_TEST F_TLOCK F_ULOCK GRND_NONBLOCK GRND_RANDOM MFD_ALLOW_SEALING MFD_CLOEXEC MFD_HUGETLB '
        'MFD_HUGE_16GB MFD_HUGE_16MB MFD_HUGE_1GB MFD_HUGE_1MB MFD_HUGE_256MB MFD_HUGE_2GB MFD_HUGE_2MB '
        'MFD_HUGE_32MB MFD_HUGE_512KB MFD_HUGE_512MB MFD_HUGE_64KB MFD_HUGE_8MB MFD_HUGE_MASK MFD_HUGE_SHIFT '
        'NGROUPS_MAX O_ACCMODE O_APPEND O_ASYNC O_CLOEXEC O_CREAT O_DIRECT O_DIRECTORY O_DSYNC O_EXCL O_FSYNC '
        'O_LARGEFILE O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RDONLY O_RDWR O_RSYNC O_SYNC '
        'O_TMPFILE O_TRUNC O_WRONLY POSIX_FADV_DONTNEED POSIX_FADV_NOREUSE POSIX_FADV_NORMAL '
        'POSIX_FADV_RANDOM POSIX_FADV_SEQUENTIAL POSIX_FADV_WILLNEED POSIX_SPAWN_CLOSE POSIX_SPAWN_CLOSEFROM '
        'POSIX_SPAWN_DUP2 POSIX_SPAWN_OPEN PRIO_PGRP PRIO_PROCESS PRIO_USER P_ALL P_NOWAIT P_NOWAITO P_PGID '
        'P_PID P_PIDFD P_WAIT RTLD_DEEPBIND RTLD_GLOBAL RTLD_LAZY RTLD_LOCAL RTLD_NODELETE RTLD_NOLOAD '
        'RTLD_NOW RWF_APPEND RWF_DSYNC RWF_HIPRI RWF_NOWAIT RWF_SYNC R_OK SCHED_BATCH SCHED_FIFO SCHED_IDLE '
        'SCHED_OTHER SCHED_RESET_ON_FORK SCHED_RR SEEK_CUR SEEK_DATA SEEK_END SEEK_HOLE SEEK_SET '
        'SPLICE_F_MORE SPLICE_F_MOVE SPLICE_F_NONBLOCK ST_APPEND ST_MANDLOCK ST_NOATIME ST_NODEV '
        'ST_NODIRATIME ST_NOEXEC ST_NOSUID ST_RDONLY ST_RELATIME ST_SYNCHRONOUS ST_WRITE TFD_CLOEXEC '
        'TFD_NONBLOCK TFD_TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET TMP_MAX WCONTINUED WCOREDUMP WEXITED '
        'WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED WIFSTOPPED WNOHANG WNOWAIT WSTOPPED WSTOPSIG WTERMSIG '
        'WUNTRACED W_OK XATTR_CREATE XATTR_REPLACE XATTR_SIZE_MAX X_OK ',
        'scripts have no files of the host; pass data in as inputs or through an external function': 'DirEntry access chdir chmod chown chroot close closerange copy_file_range dup dup2 fchdir fchmod '
        'fchown fdatasync fdopen fpathconf fstat fstatvfs fsync ftruncate fwalk get_blocking get_inheritable '
        'getcwdb getxattr isatty lchown link listdir listxattr lockf lseek lstat major makedev makedirs '
        'memfd_create minor mkdir mkfifo mknod open pathconf pathconf_names pipe pipe2 posix_fadvise '
        'posix_fallocate pread preadv pwrite pwritev read readlink readv remove removedirs removexattr rename '
        'renames replace rmdir scandir sendfile set_blocking set_inheritable setxattr splice stat stat_result '
        'statvfs statvfs_result supports_dir_fd supports_effective_ids supports_fd supports_follow_symlinks '
        'symlink sync truncate ttyname umask unlink utime walk write writev ',
        'scripts cannot start or end processes; make it an external function': 'abort execl execle execlp execlpe execv execve execvp execvpe fork forkpty kill killpg nice '
        'pidfd_open popen posix_spawn posix_spawnp register_at_fork setns spawnl spawnle spawnlp spawnlpe '
        'spawnv spawnve spawnvp spawnvpe system unshare wait wait3 wait4 waitid waitid_result waitpid '
        'waitstatus_to_exitcode ',
        'the environment of a script is empty and cannot be changed; pass settings in as inputs': 'environb get_exec_path getenvb putenv supports_bytes_environ unsetenv ',
        'it is not needed: paths are plain strings here': 'GenericAlias Mapping MutableMapping PathLike abc error fsdecode fsencode st sys ',
        'use random, or make it an external function': 'getrandom urandom ',
        'it shows the interpreter that hosts the script': 'confstr confstr_names cpu_count ctermid device_encoding eventfd eventfd_read eventfd_write '
        'get_terminal_size getegid geteuid getgid getgrouplist getgroups getloadavg getlogin getpgid getpgrp '
        'getpid getppid getpriority getresgid getresuid getsid getuid grantpt initgroups login_tty openpty '
        'posix_openpt process_cpu_count ptsname sched_get_priority_max sched_get_priority_min '
        'sched_getaffinity sched_getparam sched_getscheduler sched_param sched_rr_get_interval '
        'sched_setaffinity sched_setparam sched_setscheduler sched_yield setegid seteuid setgid setgroups '
        'setpgid setpgrp setpriority setregid setresgid setresuid setreuid setsid setuid strerror sysconf '
        'sysconf_names tcgetpgrp tcsetpgrp terminal_size timerfd_create timerfd_gettime timerfd_gettime_ns '
        'timerfd_settime timerfd_settime_ns times times_result uname uname_result unlockpt ',
    },
)
