"""The package that `urllib.parse` is in."""

import urllib.parse as parse
