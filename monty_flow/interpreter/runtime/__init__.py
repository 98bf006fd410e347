"""What emitted code calls: guards, limits, iteration, classes, generators, and the run that they belong to."""
