"""Rendered phone screens: specs of apps, drawn in real UI kits, with the truth read from the page."""
