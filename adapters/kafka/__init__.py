"""Kafka: what a PMS tells comes in, and what happened goes out."""
