a = 3
b = ext(4) + a * ext(5) - ext_add(1, 2) ** 2
print(b)
c = (ext(10) - ext(3)) // ext(2) % ext(5)
print(c)
print(-ext(3), +ext(4), ~ext(5), not ext(0))
print(ext(7) & ext(3) | ext(8) ^ ext(1), ext(1) << ext(4), ext(256) >> ext(3))
print(ext(7) / ext(2), ext(2.5) * ext(2))
a = ext(a) + a + ext(a)
a + b
