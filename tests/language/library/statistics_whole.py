# statistics as a whole: exact results, errors, NormalDist.
import statistics
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist, StatisticsError

data = [Fraction(1, 6), Fraction(1, 2), Fraction(5, 3)]
ext(1)
print(statistics.mean(data), statistics.variance(data), statistics.pvariance(data), statistics.stdev([1, 2, 4]))
print(statistics.mean([Decimal('0.5'), Decimal('0.75')]), statistics.median([3, 1, 2]), statistics.mode('aab'))
print(statistics.quantiles([1, 2, 3, 4, 5], n=4), statistics.fmean([1, 2], [3, 1]), statistics.linear_regression([1, 2], [2, 4]))
n = NormalDist(10, 2)
ext(2)
print(n, n.cdf(11), (n + 3).mean, n == NormalDist(10, 2), n.overlap(NormalDist(11, 2)) > 0.8, n.quantiles(4)[1])
try:
    statistics.mean([])
except StatisticsError as error:
    print(error, isinstance(error, ValueError))
