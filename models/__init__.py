"""The bundles that ship inside the package."""
