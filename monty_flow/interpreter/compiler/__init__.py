"""From source to code objects: parse, check, scopes, pausing, lower, emit.

Each stage is one module with one public function, and data goes one way. `build.compile_program`
runs them all; nothing outside this package uses a stage by itself.
"""
