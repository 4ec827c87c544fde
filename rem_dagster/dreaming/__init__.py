"""Collect, redact, segment, draft, verify, resolve, correct, link, summarize, persist."""
