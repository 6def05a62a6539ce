"""Ink in, text out, for people: recognizer, decoders, language model. NumPy and ONNX Runtime, never torch."""
