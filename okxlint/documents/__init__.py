"""Bytes to documents: YAML 1.2 as plain values, and the place of every node."""
