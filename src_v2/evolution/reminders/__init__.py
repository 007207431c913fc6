"""What people ask a character to remind them of: understood, kept, and said at its time, once."""
