"""ONNX graphs, as every stage writes and opens them."""
