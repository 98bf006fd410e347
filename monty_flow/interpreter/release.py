"""The release of the package, as it is written into what is stored."""

#: Equal to the version of the package; a test holds the two together.
RELEASE = '0.1.0'
