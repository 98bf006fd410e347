"""`gc`: what programs call around their measurements. Memory is the host's business, and what is collected the process's."""

__all__ = [
    'collect', 'disable', 'enable', 'freeze', 'get_count', 'get_freeze_count', 'get_threshold', 'isenabled', 'set_threshold',
    'unfreeze',
]  # fmt: skip

_enabled = True
_thresholds = (700, 10, 10)


def collect(generation=2):
    if not 0 <= generation <= 2:
        raise ValueError('invalid generation')
    return 0


def enable():
    global _enabled
    _enabled = True


def disable():
    global _enabled
    _enabled = False


def isenabled():
    return _enabled


def get_threshold():
    return _thresholds


def set_threshold(threshold0, threshold1=10, threshold2=10, /):
    global _thresholds
    _thresholds = (threshold0, threshold1, threshold2)


def get_count():
    return (0, 0, 0)


def freeze():
    pass


def unfreeze():
    pass


def get_freeze_count():
    return 0
