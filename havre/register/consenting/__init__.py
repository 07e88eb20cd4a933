"""Consent: answers written down, narrowed, renewed and taken back; what ends with them, and the proof of it."""
