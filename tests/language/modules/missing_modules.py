# A module that is not there is an error where its import runs: scripts look for it and do without.
try:
    import no_such_module as fast
except ImportError as e:
    fast = None
    print(type(e).__name__, e, e.name)
try:
    from no_such_module import thing, other
except ModuleNotFoundError as e:
    print(ext(str(e)))
try:
    from no_such_module import *
except ImportError:
    ext(1)
if fast is not None:
    import no_such_module.inner


def use():
    ext(2)
    import json, no_such_module

    return json, no_such_module


try:
    use()
except ImportError as e:
    print(e)


class Lazy:
    @property
    def module(self):
        from no_such_module.deep import name

        return name


try:
    Lazy().module
except ImportError as e:
    print(ext_str(e))
try:
    import math, no_such_module, os
except ImportError:
    print(math.pi)
fast

# Text that is run imports when it runs: the script may catch that, at any place of the text.
for text in ('import numpy', 'from numpy import array', 'x = 1\nimport no_such_module', 'import math, numpy'):
    try:
        exec(text)
    except ModuleNotFoundError as error:
        ext(error.name)
        print(text, '->', error)
