"""How much an answer takes, decided before the first model call: by rules and by labelled examples.

Import from the files: `router` (what others call), `opinion` (asking a small model when in doubt). README.md has
the rule by which `examples.yaml` is labelled.
"""
