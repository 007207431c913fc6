"""How people feel, and how they treat a character: read off what they write, without a model."""
