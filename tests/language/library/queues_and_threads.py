# Queues of one thread; threads and pools, which run one after another and are joined before anything is printed.
import queue
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from queue import Empty, Full, LifoQueue, PriorityQueue, Queue, SimpleQueue

q = Queue(2)
q.put(ext(1))
q.put_nowait(2)
print(q.full(), q.qsize(), q.get(), q.get_nowait(), q.empty())
for error, call in ((Empty, q.get_nowait), (Empty, lambda: q.get(timeout=0)), (Full, lambda: full.put(1, block=False))):
    full = Queue(1)
    full.put(0)
    try:
        call()
    except error as e:
        print(type(e).__name__)
try:
    q.task_done()
    q.task_done()
    q.task_done()
except ValueError as e:
    print(e)
q.join()
p = PriorityQueue()
for pair in ((3, 'c'), (1, 'a'), (2, 'b')):
    p.put(pair)
print([p.get() for _ in range(p.qsize())])
last = LifoQueue()
simple = SimpleQueue()
for number in range(3):
    last.put(number)
    simple.put(number)
print(last.get(), simple.get(), simple.qsize(), isinstance(last, queue.Queue))


class Doubling(Queue):
    def _put(self, item):
        super()._put(ext(item) * 2)


d = Doubling()
d.put(4)
print(d.get())

lock = threading.RLock()
found = {}


def work(number):
    with lock:
        found[number] = ext(number) * 10


threads = [threading.Thread(target=work, args=(number,), name=f'w{number}') for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(found.items()), [thread.name for thread in threads], any(thread.is_alive() for thread in threads))


class Counting(threading.Thread):
    def __init__(self, upto):
        super().__init__(daemon=True)
        self.upto = upto
        self.total = None

    def run(self):
        self.total = sum(ext(n) for n in range(self.upto))


counting = Counting(4)
counting.start()
counting.join()
print(counting.total, counting.daemon, threading.current_thread() is threading.main_thread())
try:
    counting.start()
except RuntimeError as e:
    print(e)

with ThreadPoolExecutor(max_workers=1) as pool:
    print(list(pool.map(lambda x, y: ext(x) + y, [1, 2], [10, 20])))
    futures = {pool.submit(ext, n): n for n in range(3)}
    print(sorted((future.result(), futures[future]) for future in as_completed(futures)))
    failing = pool.submit(lambda: 1 // 0)
    print(repr(failing.exception()), failing.done(), failing.cancel())
    try:
        failing.result()
    except ZeroDivisionError as e:
        print(e)
done = wait(futures)
print(len(done.done), len(done.not_done), len(wait(list(futures), return_when=FIRST_COMPLETED)[0]) > 0)
said = []
future = Future()
future.add_done_callback(lambda f: said.append(f.result()))
future.set_result(ext(7))
print(said, future.done())

event, semaphore = threading.Event(), threading.BoundedSemaphore(2)
event.set()
print(event.wait(), event.is_set(), semaphore.acquire(), semaphore.acquire(), semaphore.acquire(blocking=False))
semaphore.release(2)
try:
    semaphore.release()
except ValueError as e:
    print(e)
here = threading.local()
here.x = 1
threading.Thread(target=lambda: setattr(here, 'x', 2)).start()
ext(0)
print(here.x, hasattr(here, 'y'))
condition = threading.Condition()
with condition:
    print(condition.wait_for(lambda: ext(True)))
    condition.notify_all()
