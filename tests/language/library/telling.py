# traceback and logging, with set-up and errors that outlive pauses.
import io
import logging
import sys
import traceback

def fail(n):
    if n:
        return fail(n - 1)
    raise ValueError('deep')

try:
    fail(1)
except ValueError as error:
    kept = error
    lines = traceback.format_exc().splitlines()
    print(lines[0], lines[-1], len([line for line in lines if line.startswith('  File ')]))
    print([(f.lineno, f.name) for f in traceback.extract_tb(error.__traceback__)])

ext(1)
try:
    try:
        {}['a']
    except KeyError as error:
        raise RuntimeError('outer') from error
except RuntimeError as error:
    error.add_note('a note')
    text = ''.join(traceback.format_exception(error))
    print('direct cause' in text, text.splitlines()[-2:], traceback.format_exception_only(error))
    out = io.StringIO()
    traceback.print_exception(error, file=out)
    print(out.getvalue() == text, traceback.format_exc() == text)
print(traceback.format_exception_only(kept), len(traceback.format_exception(kept)))

out = io.StringIO()
logging.basicConfig(stream=out, level=logging.INFO, force=True, format='%(levelname)s|%(name)s|%(message)s')
log = logging.getLogger('app.part')
log.debug('no')
log.info('hello %s %d', 'a', 3)
ext(2)
log.warning('after %(x)s', {'x': 'pause'})
logging.getLogger('app').setLevel(logging.ERROR)
log.info('silent')
log.error('loud', extra={'job': 7})
print(log.parent.name, log.getEffectiveLevel(), log.isEnabledFor(30), logging.getLogger('app.part') is log)
try:
    1 / 0
except ZeroDivisionError:
    log.exception('failed')

class Listed(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []
    def emit(self, record):
        self.records.append((record.levelname, record.getMessage(), ext(record.levelno)))

handler = Listed()
other = logging.getLogger('other')
other.addHandler(handler)
other.propagate = False
other.setLevel('DEBUG')
other.debug('x')
ext(3)
other.critical('y %r', 'z')
print(handler.records, other.handlers == [handler], logging.getLevelName(20), logging.getLevelName('INFO'))
text = out.getvalue().splitlines()
print(text[:4], text[4], text[-1])
logging.addLevelName(25, 'NOTICE')
other.log(25, 'n')
print(handler.records[-1], logging.Formatter('{message}!', style='{').format(logging.LogRecord('a', 20, 'f', 1, 'm', (), None)))
logging.disable(logging.CRITICAL)
other.critical('never')
print(len(handler.records), logging.LoggerAdapter(other, {'a': 1}).name)
logging.disable(logging.NOTSET)
other.handlers.clear()
logging.getLogger('app').setLevel(logging.NOTSET)
logging.basicConfig(force=True, level=logging.WARNING)
