# Names that a compiler might want for itself.
t0, t1, _t, ok_ = 1, 2, 3, 4
pc = ext('pc')
L = [ext(t0), ext(t1), _t]
k = L
frame = p = fuel = it = ext(5)
_ = ext('_')


def resume(pc, L, k):
    t0 = ext(pc)
    cell, chain, iter_ = ext(L), k, t0
    result = [ext(t1) for t1 in (pc, L, k) for _ in ext_list(1)]
    try:
        ext_fail('ValueError', 'x')
    except ValueError as exc:
        error = ext(str(exc))
    return t0, cell, chain, iter_, result, error


def é(ñ, ﬁ=ext(1)):
    ª = ext(ñ) + fi
    return a


print(pc, L, k is L, frame, _, _t, resume(1, 2, 3), é(1))
Pause = ext('Pause')
output = value = snapshot = run = ext(1)
match = ext('match')
case, type_, soft = match, 1, 2
Pause, output, match, case
