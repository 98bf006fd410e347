# Modules that programs have around what they do: errno, gc, optparse, sched, stat, clocks of the process.
import errno
import gc
import optparse
import sched
import stat
import time

gc.disable()
print(gc.isenabled(), gc.collect() >= 0)
ext(1)
gc.enable()
print(gc.isenabled(), errno.ENOENT, errno.errorcode[errno.EEXIST], stat.S_ISDIR(0o040755), stat.filemode(0o100644))
started, began = time.process_time(), time.thread_time()
ext(2)
print(time.process_time() >= started, time.thread_time() >= began, time.process_time_ns() > 0)
try:
    open('/no/such/file')
except OSError as error:
    print(error.errno == errno.ENOENT)

done = []
now = [0]


def wait(seconds):
    now[0] += ext(seconds)


plan = sched.scheduler(lambda: now[0], wait)
plan.enter(5, 1, done.append, ('late',))
plan.enter(2, 1, done.append, ('early',))
plan.enterabs(2, 0, lambda: done.append(ext('first')))
plan.run()
print(done, now, plan.empty())

parser = optparse.OptionParser(usage='%prog [options]', prog='tool')
parser.add_option('-n', '--number', type='int', default=3, help='how many [default: %default]')
parser.add_option('-v', action='store_true', dest='verbose')
options, rest = parser.parse_args(['-n', '7', 'file', '-v'])
print(options.number, options.verbose, rest, options)
print(parser.format_help())
