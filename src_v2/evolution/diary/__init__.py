"""Pages and dreams that a character writes about its days with one person: private to the two, and never hollow."""
