"""One command for each figure that the documentation quotes; see docs/benchmarks.md."""
