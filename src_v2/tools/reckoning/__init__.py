"""Arithmetic for the calculator: reading what a model writes, exact numbers, functions. Nothing is ever executed."""
