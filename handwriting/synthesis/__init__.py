"""Text in, ink out, for people: synthesizer, sampler, characters, line breaks. NumPy and ONNX Runtime, never torch."""
