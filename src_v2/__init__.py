"""WhisperEngine: characters who remember you."""

__version__ = "0.1.0"
