"""How text becomes vectors: batching, loading, exporting, fetching, the API."""
