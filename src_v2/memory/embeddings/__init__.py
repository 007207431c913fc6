"""Turning text into vectors: one `Embedder` port, a local model, an API, and a small one for tests.

Import from the files: `base` (the port), `loading` (the local model), `api`, `hashing`. Only `export` and `hub`, which
run as processes of their own, import sentence-transformers, torch or the model hub's client.
"""
