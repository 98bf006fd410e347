"""`logging`: records that go to the output of the script."""

import string
import sys
import time

__all__ = [
    'CRITICAL', 'DEBUG', 'ERROR', 'FATAL', 'Filter', 'Formatter', 'Handler', 'INFO', 'LogRecord', 'Logger', 'LoggerAdapter',
    'NOTSET', 'NullHandler', 'StreamHandler', 'WARN', 'WARNING', 'addLevelName', 'basicConfig', 'critical', 'debug',
    'disable', 'error', 'exception', 'fatal', 'getLevelName', 'getLevelNamesMapping', 'getLogger', 'info', 'log', 'warn',
    'warning', 'BASIC_FORMAT',
]

CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0
BASIC_FORMAT = '%(levelname)s:%(name)s:%(message)s'


def _level_of(level):
    if isinstance(level, int):
        return level
    if isinstance(level, str):
        if level not in _state.levels:
            raise ValueError(f'Unknown level: {level!r}')
        return _state.levels[level]
    raise TypeError(f'Level not an integer or a valid string: {level!r}')


def getLevelName(level):
    found = _state.names.get(level)
    if found is None:
        found = _state.levels.get(level)
    return f'Level {level}' if found is None else found


def getLevelNamesMapping():
    return dict(_state.levels)


def addLevelName(level, levelName):
    _state.names[level] = levelName
    _state.levels[levelName] = level


class LogRecord:
    """One event that was logged."""

    def __init__(self, name, level, pathname, lineno, msg, args, exc_info, func=None, sinfo=None, **kwargs):
        self.created = time.time()
        self.msecs = int((self.created - int(self.created)) * 1000) + 0.0
        self.relativeCreated = 0.0
        self.name = name
        self.msg = msg
        if args and len(args) == 1 and isinstance(args[0], dict) and args[0]:
            args = args[0]
        self.args = args
        self.levelname = getLevelName(level)
        self.levelno = level
        self.pathname = pathname
        self.filename = pathname
        self.module = pathname.rpartition('.')[0] or pathname
        self.lineno = lineno
        self.funcName = func
        self.exc_info = exc_info
        self.exc_text = None
        self.stack_info = sinfo
        self.process = self.thread = 1
        self.threadName = 'MainThread'
        self.processName = 'MainProcess'
        self.taskName = None

    def __repr__(self):
        return f'<LogRecord: {self.name}, {self.levelno}, {self.pathname}, {self.lineno}, "{self.msg}">'

    def getMessage(self):
        text = str(self.msg)
        return text % self.args if self.args else text


class Formatter:
    """Makes the text of a record."""

    default_time_format = '%Y-%m-%d %H:%M:%S'
    default_msec_format = '%s,%03d'

    def __init__(self, fmt=None, datefmt=None, style='%', validate=True, *, defaults=None):
        if style not in ('%', '{', '$'):
            raise ValueError('Style must be one of: %,{,$')
        self._fmt = fmt or {'%': '%(message)s', '{': '{message}', '$': '${message}'}[style]
        self._style = style
        self.datefmt = datefmt
        self._defaults = defaults

    def usesTime(self):
        return 'asctime' in self._fmt

    def formatTime(self, record, datefmt=None):
        moment = time.gmtime(record.created)
        if datefmt:
            return time.strftime(datefmt, moment)
        return self.default_msec_format % (time.strftime(self.default_time_format, moment), record.msecs)

    def formatException(self, exc_info):
        from traceback import format_exception

        return ''.join(format_exception(exc_info[1])).rstrip('\n')

    def formatStack(self, stack_info):
        return stack_info

    def formatMessage(self, record):
        values = {**self._defaults, **record.__dict__} if self._defaults else record.__dict__
        if self._style == '%':
            return self._fmt % values
        if self._style == '{':
            return self._fmt.format(**values)
        return string.Template(self._fmt).substitute(**values)

    def format(self, record):
        record.message = record.getMessage()
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        text = self.formatMessage(record)
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            text = f'{text}\n{record.exc_text}' if text[-1:] != '\n' else text + record.exc_text
        return text


class Filter:
    """Lets the records of a logger and those below it pass."""

    def __init__(self, name=''):
        self.name = name

    def filter(self, record):
        return not self.name or record.name == self.name or record.name.startswith(self.name + '.')


class _Filtered:
    def __init__(self):
        self.filters = []

    def addFilter(self, filter):
        if filter not in self.filters:
            self.filters.append(filter)

    def removeFilter(self, filter):
        if filter in self.filters:
            self.filters.remove(filter)

    def filter(self, record):
        for part in self.filters:
            passed = part.filter(record) if hasattr(part, 'filter') else part(record)
            if not passed:
                return False
            if isinstance(passed, LogRecord):
                record = passed
        return record


class Handler(_Filtered):
    """Where records go."""

    def __init__(self, level=NOTSET):
        _Filtered.__init__(self)
        self.level = _level_of(level)
        self.formatter = None
        self.name = None

    def get_name(self):
        return self.name

    def set_name(self, name):
        self.name = name

    def setLevel(self, level):
        self.level = _level_of(level)

    def setFormatter(self, fmt):
        self.formatter = fmt

    def format(self, record):
        return (self.formatter or Formatter()).format(record)

    def emit(self, record):
        raise NotImplementedError('emit must be implemented by Handler subclasses')

    def handle(self, record):
        passed = self.filter(record)
        if passed:
            self.emit(passed)
        return passed

    def acquire(self):
        pass

    def release(self):
        pass

    def createLock(self):
        pass

    def flush(self):
        pass

    def close(self):
        pass

    def handleError(self, record):
        raise

    def __repr__(self):
        return f'<{type(self).__name__} ({getLevelName(self.level)})>'


class StreamHandler(Handler):
    """Writes records to a stream, the error output where none is given."""

    terminator = '\n'

    def __init__(self, stream=None):
        Handler.__init__(self)
        self.stream = stream

    def setStream(self, stream):
        old, self.stream = self.stream, stream
        return old

    def emit(self, record):
        stream = sys.stderr if self.stream is None else self.stream
        stream.write(self.format(record) + self.terminator)

    def flush(self):
        if hasattr(self.stream, 'flush'):
            self.stream.flush()


class NullHandler(Handler):
    """Drops records."""

    def handle(self, record):
        pass

    def emit(self, record):
        pass


class Logger(_Filtered):
    """A source of records, named by dots."""

    def __init__(self, name, level=NOTSET):
        _Filtered.__init__(self)
        self.name = name
        self.level = _level_of(level)
        self.parent = None
        self.propagate = True
        self.handlers = []
        self.disabled = False

    @property
    def root(self):
        return _state.root

    def setLevel(self, level):
        self.level = _level_of(level)

    def getEffectiveLevel(self):
        logger = self
        while logger is not None:
            if logger.level:
                return logger.level
            logger = logger.parent
        return NOTSET

    def isEnabledFor(self, level):
        return not self.disabled and level > _state.disabled and level >= self.getEffectiveLevel()

    def getChild(self, suffix):
        return getLogger(suffix if self is _state.root else f'{self.name}.{suffix}')

    def addHandler(self, hdlr):
        if hdlr not in self.handlers:
            self.handlers.append(hdlr)

    def removeHandler(self, hdlr):
        if hdlr in self.handlers:
            self.handlers.remove(hdlr)

    def hasHandlers(self):
        logger = self
        while logger is not None:
            if logger.handlers:
                return True
            logger = logger.parent if logger.propagate else None
        return False

    def makeRecord(self, name, level, fn, lno, msg, args, exc_info, func=None, extra=None, sinfo=None):
        record = LogRecord(name, level, fn, lno, msg, args, exc_info, func, sinfo)
        for key, value in (extra or {}).items():
            if key in ('message', 'asctime') or key in record.__dict__:
                raise KeyError(f'Attempt to overwrite {key!r} in LogRecord')
            setattr(record, key, value)
        return record

    def _log(self, level, msg, args, exc_info=None, extra=None, stack_info=False, stacklevel=1):
        if exc_info:
            if isinstance(exc_info, BaseException):
                exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
            elif not isinstance(exc_info, tuple):
                exc_info = sys.exc_info()
            if exc_info[1] is None:
                exc_info = None
        self.handle(self.makeRecord(self.name, level, 'main.py', 0, msg, args, exc_info or None, '<module>', extra))

    def handle(self, record):
        if self.disabled:
            return
        passed = self.filter(record)
        if passed:
            self.callHandlers(passed)

    def callHandlers(self, record):
        logger, found = self, False
        while logger is not None:
            for handler in logger.handlers:
                found = True
                if record.levelno >= handler.level:
                    handler.handle(record)
            logger = logger.parent if logger.propagate else None
        if not found and record.levelno >= WARNING:
            sys.stderr.write(Formatter().format(record) + '\n')

    def log(self, level, msg, *args, **kwargs):
        if not isinstance(level, int):
            raise TypeError('level must be an integer')
        if self.isEnabledFor(level):
            self._log(level, msg, args, **kwargs)

    def debug(self, msg, *args, **kwargs):
        if self.isEnabledFor(DEBUG):
            self._log(DEBUG, msg, args, **kwargs)

    def info(self, msg, *args, **kwargs):
        if self.isEnabledFor(INFO):
            self._log(INFO, msg, args, **kwargs)

    def warning(self, msg, *args, **kwargs):
        if self.isEnabledFor(WARNING):
            self._log(WARNING, msg, args, **kwargs)

    warn = warning

    def error(self, msg, *args, **kwargs):
        if self.isEnabledFor(ERROR):
            self._log(ERROR, msg, args, **kwargs)

    def exception(self, msg, *args, exc_info=True, **kwargs):
        self.error(msg, *args, exc_info=exc_info, **kwargs)

    def critical(self, msg, *args, **kwargs):
        if self.isEnabledFor(CRITICAL):
            self._log(CRITICAL, msg, args, **kwargs)

    fatal = critical

    def __repr__(self):
        return f'<{type(self).__name__} {self.name} ({getLevelName(self.getEffectiveLevel())})>'


class LoggerAdapter:
    """A logger with something of its own to add."""

    def __init__(self, logger, extra=None):
        self.logger = logger
        self.extra = extra

    @property
    def name(self):
        return self.logger.name

    def process(self, msg, kwargs):
        kwargs['extra'] = self.extra
        return msg, kwargs

    def isEnabledFor(self, level):
        return self.logger.isEnabledFor(level)

    def setLevel(self, level):
        self.logger.setLevel(level)

    def log(self, level, msg, *args, **kwargs):
        if self.isEnabledFor(level):
            msg, kwargs = self.process(msg, kwargs)
            self.logger.log(level, msg, *args, **kwargs)

    def debug(self, msg, *args, **kwargs):
        self.log(DEBUG, msg, *args, **kwargs)

    def info(self, msg, *args, **kwargs):
        self.log(INFO, msg, *args, **kwargs)

    def warning(self, msg, *args, **kwargs):
        self.log(WARNING, msg, *args, **kwargs)

    def error(self, msg, *args, **kwargs):
        self.log(ERROR, msg, *args, **kwargs)

    def exception(self, msg, *args, exc_info=True, **kwargs):
        self.log(ERROR, msg, *args, exc_info=exc_info, **kwargs)

    def critical(self, msg, *args, **kwargs):
        self.log(CRITICAL, msg, *args, **kwargs)


class _State:
    """What was set up; a snapshot holds it."""

    def __init__(self):
        self.names = {50: 'CRITICAL', 40: 'ERROR', 30: 'WARNING', 20: 'INFO', 10: 'DEBUG', 0: 'NOTSET'}
        self.levels = {name: level for level, name in self.names.items()}
        self.levels |= {'FATAL': 50, 'WARN': 30}
        self.loggers = {}
        self.root = None
        self.disabled = 0


_state = _State()
_state.root = Logger('root', WARNING)


def getLogger(name=None):
    if not name or name == 'root':
        return _state.root
    if not isinstance(name, str):
        raise TypeError('A logger name must be a string')
    found = _state.loggers.get(name)
    if found is None:
        found = _state.loggers[name] = Logger(name)
        above = name.rpartition('.')[0]
        while above and above not in _state.loggers:
            above = above.rpartition('.')[0]
        found.parent = _state.loggers[above] if above else _state.root
        for other, logger in _state.loggers.items():
            if other.startswith(name + '.') and not logger.parent.name.startswith(name + '.'):
                logger.parent = found
    return found


def basicConfig(*, filename=None, filemode='a', format=None, datefmt=None, style='%', level=None, stream=None, handlers=None,
                force=False, encoding=None, errors=None):
    root = _state.root
    if force:
        root.handlers.clear()
    if not root.handlers:
        if filename is not None:
            stream = open(filename, filemode, encoding=encoding, errors=errors)
        defaults = {'%': BASIC_FORMAT, '{': '{levelname}:{name}:{message}', '$': '${levelname}:${name}:${message}'}
        if style not in defaults:
            raise ValueError('Style must be one of: %,{,$')
        formatter = Formatter(format or defaults[style], datefmt, style)
        for handler in handlers or [StreamHandler(stream)]:
            if handler.formatter is None:
                handler.setFormatter(formatter)
            root.addHandler(handler)
    if level is not None:
        root.setLevel(level)


def _ready():
    if not _state.root.handlers:
        basicConfig()
    return _state.root


def disable(level=CRITICAL):
    _state.disabled = _level_of(level)


def log(level, msg, *args, **kwargs):
    _ready().log(level, msg, *args, **kwargs)


def debug(msg, *args, **kwargs):
    _ready().debug(msg, *args, **kwargs)


def info(msg, *args, **kwargs):
    _ready().info(msg, *args, **kwargs)


def warning(msg, *args, **kwargs):
    _ready().warning(msg, *args, **kwargs)


warn = warning


def error(msg, *args, **kwargs):
    _ready().error(msg, *args, **kwargs)


def exception(msg, *args, exc_info=True, **kwargs):
    error(msg, *args, exc_info=exc_info, **kwargs)


def critical(msg, *args, **kwargs):
    _ready().critical(msg, *args, **kwargs)


fatal = critical
