"""Unit tests of the access to language models."""
