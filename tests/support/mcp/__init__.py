"""A small tool server for tests, started as a child process."""
