"""Character cards of other programs: read from bytes, turned into a character's folder, and written again."""
