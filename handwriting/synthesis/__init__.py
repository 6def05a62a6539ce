"""Text to ink at run time: synthesizer, sampler, characters. NumPy and ONNX Runtime, never torch."""
