"""What users need to test their scripts and functions."""

from monty_flow.interpreter.machine import forced

__all__ = ['forced']
