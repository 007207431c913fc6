"""The nouns everything else is made of. No I/O, no third-party drivers, imports nothing above it."""
