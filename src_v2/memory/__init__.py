"""What was said: history, recall, embeddings."""
