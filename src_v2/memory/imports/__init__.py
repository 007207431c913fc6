"""Chats that people bring along from elsewhere, read into plain history: functions over bytes, no store, no network."""

from src_v2.memory.imports.models import ImportedConversation, ImportedHistory, ImportedMessage, Reason
from src_v2.memory.imports.reading import read_history

__all__ = ["ImportedConversation", "ImportedHistory", "ImportedMessage", "Reason", "read_history"]
