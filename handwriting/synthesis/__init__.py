"""Synthesis, text in and ink out: synthesizer, sampler, hands and characters, without torch."""
