# What is imported says which module it is of.
import math
from abc import ABC
from collections import Counter, OrderedDict, defaultdict, deque
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from statistics import mean
from uuid import UUID

for value in (ABC, Counter, Decimal, OrderedDict, UUID, defaultdict, deque, mean, partial, contextmanager, math.sqrt, len, type, [].append):
    print(value.__module__, value.__name__, value.__qualname__)
