"""Pictures in: from a stranger's file to something that a model may see, and what stays of it."""
