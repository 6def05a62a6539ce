"""Evaluation: recognition, pages, synthesis, legibility, robustness, calibration and tuning.

Each module has a function ``evaluate`` (``calibrate`` and ``tune`` where something is fitted as well) that returns a
frozen :class:`~handwriting.evaluation.report.Report`.
"""
