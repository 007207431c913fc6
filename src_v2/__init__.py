"""WhisperEngine: characters who remember you."""

import os

__version__ = "0.1.0"

# Before numpy is imported anywhere: with threads of its own, its OpenBLAS waits for ever in a fork that meets a product
# of matrices. Ours are small, and the cores have other work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
