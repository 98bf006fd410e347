# What a pattern binds in the body of a class is a member of it, and a class that a pattern names may be one too.


class Members:
    match [1, 2, 3]:
        case [first, *rest]:
            total = first + sum(rest)
    match {'a': 1, 'b': 2}:
        case {'a': value, **others}:
            pass
    match 5:
        case int(real=part) as whole:
            print(part, whole)
    int = float
    match 2.5:
        case int():
            print('a float')


print(Members.first, Members.rest, Members.total, Members.value, Members.others, Members.part, Members.whole)


def outer():
    class Inner:
        match ext((7, 8)):
            case (left, right) if ext(left) == 7:
                both = left + right

    return Inner.both


print(outer())
