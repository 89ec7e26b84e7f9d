"""Tokens in, text out."""
