"""Evaluation: recognition, pages, synthesis, legibility, robustness, calibration and tuning.

Each module has a function ``evaluate`` (or ``calibrate`` or ``tune``, if it also fits something) that returns a
frozen :class:`~handwriting.evaluation.report.Report`.
"""
