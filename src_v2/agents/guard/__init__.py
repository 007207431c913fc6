"""Keeps a character itself: sees attempts to manipulate it, people in need, and what must not be said.

Nothing that matters depends on it alone: who may hear what, what a tool may do and whom a reply can ping is decided
elsewhere.
"""
