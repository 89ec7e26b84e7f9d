"""Patch features in, image tokens out."""
