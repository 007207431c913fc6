"""Reasoning traces: how answers were found, so that the next question of the same kind is answered sooner."""
