"""Durable background work: requests from the outbox, run once and again until they are done."""
