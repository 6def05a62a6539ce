"""Recognition, ink in and text out: the recognizer, decoders, language model and page splitting, without torch."""
