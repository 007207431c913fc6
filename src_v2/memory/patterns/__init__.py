"""What people think of replies, and the replies that they liked as examples for the next ones."""
