"""Everything that measures: recognition, pages, synthesis, legibility, diversity, robustness and tuning."""
