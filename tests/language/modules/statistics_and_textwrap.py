import statistics
import textwrap

data = [1, 2, 2, 3, 4.5]
print(
    statistics.mean(data),
    statistics.median(data),
    statistics.mode(data),
    statistics.stdev(data),
    statistics.pvariance(data),
    statistics.quantiles(data),
    statistics.fmean([1, 2]),
    statistics.multimode('aabb'),
    statistics.median_low([1, 2]),
)
r = statistics.linear_regression([1, 2, 3], [2, 4, 6])
print(r.slope, r.intercept, r)
try:
    statistics.mean([])
except statistics.StatisticsError as e:
    ext(4)
    print(type(e).__name__, e)
print(
    textwrap.fill('the quick brown fox jumps over the lazy dog', 20),
    textwrap.shorten('hello big world', 11),
    repr(textwrap.dedent('  a\n    b\n')),
    repr(textwrap.indent('a\nb', '> ')),
    textwrap.wrap('aaa bbb', width=3, initial_indent='', subsequent_indent=' '),
)
