"""Several lines of writing: best of N, pages, live drawing and export; both doors call it."""
