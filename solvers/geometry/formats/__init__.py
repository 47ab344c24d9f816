"""Outline files: readers, writers, and the limited process that parses untrusted files."""
