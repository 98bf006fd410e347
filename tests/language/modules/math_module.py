import math
from math import pi, sqrt as root

print(
    math.floor(ext(2.7)),
    math.ceil(2.1),
    math.trunc(-2.7),
    math.sqrt(ext(16)),
    math.gcd(12, 18),
    math.lcm(4, 6),
    math.factorial(10),
    math.comb(5, 2),
    math.perm(5, 2),
)
print(
    round(math.sin(1), 6),
    round(math.cos(ext(0)), 6),
    round(math.atan2(1, 1), 6),
    round(math.log(10), 6),
    math.log2(8),
    math.log10(1000),
    round(math.exp(1), 6),
    math.pow(2, 3),
)
print(
    pi,
    math.e,
    math.inf,
    math.isnan(math.nan),
    math.isinf(ext(math.inf)),
    math.isclose(0.1 + 0.2, 0.3),
    math.fabs(-1),
    math.hypot(3, 4),
    math.degrees(pi),
    math.fsum([0.1] * 10),
    math.prod([1, 2, 3]),
    math.isqrt(17),
    math.copysign(1, -0.0),
    math.fmod(7, 3),
    math.modf(2.5),
)
for f, x in [(math.sqrt, -1), (math.log, 0), (math.factorial, -1), (math.floor, float('inf')), (math.sqrt, 'a')]:
    try:
        f(ext(x))
    except Exception as e:
        print(type(e).__name__)
m = math
ext_none()
m is math, m.floor(1.5), root(ext(9)), math.dist((0, 0), (3, 4))
