# Each iterator is stopped half-way.
import itertools

i = itertools.chain([1, 2], (3, 4), 'ab')
k = itertools.count(10, 5)
cy = itertools.cycle('xyz')
p = itertools.product('ab', [1, 2], repeat=1)
pe = itertools.permutations([1, 2, 3])
co = itertools.combinations('abcd', 2)
g = itertools.groupby([1, 1, 2, 3, 3])
t1, t2 = itertools.tee(iter(range(5)))
sl = itertools.islice(itertools.count(), 2, 20, 3)
ac = itertools.accumulate([1, 2, 3, 4])
cw = itertools.combinations_with_replacement('abc', 2)
for step in range(5):
    ext(step)
    print(next(i), next(k), next(cy), next(p, None), next(pe), next(co), next(t1), next(sl), next(ac, None), next(cw))
    print(next(t2, None) if step % 2 else '-')
for key, group in g:
    ext(key)
    print(key, list(group))
print(list(i), list(pe), list(co), list(t2), list(sl), list(cw))
print(
    list(itertools.starmap(pow, [(2, 3), (3, 2)])),
    list(itertools.zip_longest('ab', 'c', fillvalue='-')),
    list(itertools.filterfalse(lambda x: x % 2, range(5))),
    list(itertools.compress('abc', [1, 0, 1])),
    list(itertools.pairwise('abc')),
    list(itertools.dropwhile(lambda x: x < 2, range(4))),
    list(itertools.takewhile(lambda x: x < 2, range(4))),
    list(itertools.repeat(1, 3)),
    list(itertools.chain.from_iterable([[1], [2, 3]])),
)
for k, g in itertools.groupby(sorted(['apple', 'avocado', 'bean'], key=lambda w: w[0]), key=lambda w: w[0]):
    items = list(g)
    ext(k)
    print(k, items)
