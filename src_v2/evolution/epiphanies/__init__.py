"""Patterns in what one person says over weeks: found by counting, mentioned once, seen and deleted by the person."""
