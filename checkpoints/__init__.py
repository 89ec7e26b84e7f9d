"""Weights as they are published: files, folders and hub names in, named tensors out."""
