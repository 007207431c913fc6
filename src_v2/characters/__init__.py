"""Who speaks: character folders, read, checked and kept fresh. Not what a character remembers about anybody."""
