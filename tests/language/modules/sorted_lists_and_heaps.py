import bisect
import heapq

xs = [1, 3, 5]
bisect.insort(xs, 4)
bisect.insort(xs, 2, key=lambda v: v)
print(
    xs,
    bisect.bisect_left(xs, 3),
    bisect.bisect(xs, 3),
    bisect.bisect_right([(1, 'a'), (2, 'b')], 1, key=lambda r: r[0]),
)
h = [5, 1, 4]
heapq.heapify(h)
heapq.heappush(h, 0)
ext(2)
print(heapq.heappop(h), heapq.heappushpop(h, 9), heapq.nlargest(2, h), heapq.nsmallest(2, h, key=lambda v: -v))
m = heapq.merge([1, 4, 7], [2, 5], iter([3, 6]))
print(next(m), next(m))
ext(3)
print(list(m), list(heapq.merge('fb', 'eda', reverse=True)), list(heapq.merge(['a', 'ccc'], ['bb'], key=len)))
