"""The keyless demonstration model: answers in character from what it is given to recall, by rules, offline."""
