"""`os`: files and environment of the run. Nothing of the host's own is in reach (`runtime/files.py`)."""

from __future__ import annotations

from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.os_functions import Environ, OsFunctions
from monty_flow.interpreter.modules.os_path import MODULE as PATH_MODULE
from monty_flow.interpreter.modules.os_path import TEXTS

__all__ = ['MODULE', 'PATH_MODULE']

MODULE = Definition(
    'os',
    static={**TEXTS, 'name': 'posix', 'linesep': '\n', 'error': OSError, 'F_OK': 0, 'R_OK': 4, 'W_OK': 2, 'X_OK': 1},
    functions=OsFunctions,
    objects={'path': lambda run: PATH_MODULE.bind(run, {}), 'environ': Environ},
    left_out={
        'it is a constant of functions that are left out': 'CLD_CONTINUED CLD_DUMPED CLD_EXITED CLD_KILLED CLD_STOPPED CLD_TRAPPED CLONE_FILES CLONE_FS '
        'CLONE_NEWCGROUP CLONE_NEWIPC CLONE_NEWNET CLONE_NEWNS CLONE_NEWPID CLONE_NEWTIME CLONE_NEWUSER '
        'CLONE_NEWUTS CLONE_SIGHAND CLONE_SYSVSEM CLONE_THREAD CLONE_VM EFD_CLOEXEC EFD_NONBLOCK '
        'EFD_SEMAPHORE EX_CANTCREAT EX_CONFIG EX_DATAERR EX_IOERR EX_NOHOST EX_NOINPUT EX_NOPERM EX_NOUSER '
        'EX_OK EX_OSERR EX_OSFILE EX_PROTOCOL EX_SOFTWARE EX_TEMPFAIL EX_UNAVAILABLE EX_USAGE F_LOCK '
        'F_TEST F_TLOCK F_ULOCK GRND_NONBLOCK GRND_RANDOM MFD_ALLOW_SEALING MFD_CLOEXEC MFD_HUGETLB '
        'MFD_HUGE_16GB MFD_HUGE_16MB MFD_HUGE_1GB MFD_HUGE_1MB MFD_HUGE_256MB MFD_HUGE_2GB MFD_HUGE_2MB '
        'MFD_HUGE_32MB MFD_HUGE_512KB MFD_HUGE_512MB MFD_HUGE_64KB MFD_HUGE_8MB MFD_HUGE_MASK MFD_HUGE_SHIFT '
        'NGROUPS_MAX O_ACCMODE O_APPEND O_ASYNC O_CLOEXEC O_CREAT O_DIRECT O_DIRECTORY O_DSYNC O_EXCL O_FSYNC '
        'O_LARGEFILE O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RDONLY O_RDWR O_RSYNC O_SYNC '
        'O_TMPFILE O_TRUNC O_WRONLY POSIX_FADV_DONTNEED POSIX_FADV_NOREUSE POSIX_FADV_NORMAL '
        'POSIX_FADV_RANDOM POSIX_FADV_SEQUENTIAL POSIX_FADV_WILLNEED POSIX_SPAWN_CLOSE POSIX_SPAWN_CLOSEFROM '
        'POSIX_SPAWN_DUP2 POSIX_SPAWN_OPEN PRIO_PGRP PRIO_PROCESS PRIO_USER P_ALL P_NOWAIT P_NOWAITO P_PGID '
        'P_PID P_PIDFD P_WAIT RTLD_DEEPBIND RTLD_GLOBAL RTLD_LAZY RTLD_LOCAL RTLD_NODELETE RTLD_NOLOAD '
        'RTLD_NOW RWF_APPEND RWF_DSYNC RWF_HIPRI RWF_NOWAIT RWF_SYNC SCHED_BATCH SCHED_FIFO SCHED_IDLE '
        'SCHED_OTHER SCHED_RESET_ON_FORK SCHED_RR SEEK_CUR SEEK_DATA SEEK_END SEEK_HOLE SEEK_SET '
        'SPLICE_F_MORE SPLICE_F_MOVE SPLICE_F_NONBLOCK ST_APPEND ST_MANDLOCK ST_NOATIME ST_NODEV '
        'ST_NODIRATIME ST_NOEXEC ST_NOSUID ST_RDONLY ST_RELATIME ST_SYNCHRONOUS ST_WRITE TFD_CLOEXEC '
        'TFD_NONBLOCK TFD_TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET TMP_MAX WCONTINUED WCOREDUMP WEXITED '
        'WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED WIFSTOPPED WNOHANG WNOWAIT WSTOPPED WSTOPSIG WTERMSIG '
        'WUNTRACED XATTR_CREATE XATTR_REPLACE XATTR_SIZE_MAX ',
        'a script has no file descriptors, owners and links; use open() and the functions on paths': 'chown chroot close closerange copy_file_range dup dup2 fchdir fchmod '
        'fchown fdatasync fdopen fpathconf fstat fstatvfs fsync ftruncate fwalk get_blocking get_inheritable '
        'getcwdb getxattr isatty lchown link listxattr lockf lseek major makedev '
        'memfd_create minor mkfifo mknod open pathconf pathconf_names pipe pipe2 posix_fadvise '
        'posix_fallocate pread preadv pwrite pwritev read readlink readv removexattr '
        'renames sendfile set_blocking set_inheritable setxattr splice stat_result '
        'statvfs statvfs_result supports_dir_fd supports_effective_ids supports_fd supports_follow_symlinks '
        'symlink sync ttyname umask write writev ',
        'scripts cannot start or end processes; make it an external function': 'abort execl execle execlp execlpe execv execve execvp execvpe fork forkpty kill killpg nice '
        'pidfd_open popen posix_spawn posix_spawnp register_at_fork setns spawnl spawnle spawnlp spawnlpe '
        'spawnv spawnve spawnvp spawnvpe system unshare wait wait3 wait4 waitid waitid_result waitpid '
        'waitstatus_to_exitcode ',
        'scandir() makes them': 'DirEntry',
        'use os.environ': 'environb get_exec_path getenvb supports_bytes_environ ',
        'it is not needed: paths are plain strings here': 'GenericAlias Mapping MutableMapping PathLike abc st sys ',
        'use random, or make it an external function': 'getrandom ',
        'it shows the interpreter that hosts the script': 'confstr confstr_names ctermid device_encoding eventfd eventfd_read eventfd_write '
        'get_terminal_size getegid geteuid getgid getgrouplist getgroups getloadavg getlogin getpgid getpgrp '
        'getppid getpriority getresgid getresuid getsid getuid grantpt initgroups login_tty openpty '
        'posix_openpt process_cpu_count ptsname sched_get_priority_max sched_get_priority_min '
        'sched_getaffinity sched_getparam sched_getscheduler sched_param sched_rr_get_interval '
        'sched_setaffinity sched_setparam sched_setscheduler sched_yield setegid seteuid setgid setgroups '
        'setpgid setpgrp setpriority setregid setresgid setresuid setreuid setsid setuid strerror sysconf '
        'sysconf_names tcgetpgrp tcsetpgrp terminal_size timerfd_create timerfd_gettime timerfd_gettime_ns '
        'timerfd_settime timerfd_settime_ns times times_result uname uname_result unlockpt ',
    },
)
