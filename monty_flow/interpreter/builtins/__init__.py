"""What scripts see as built-in functions; imports `runtime`, and is imported by the compiler and the machine."""
