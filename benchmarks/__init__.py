"""Speed against the straightforward way, as ratios within one run: ``python -m benchmarks``."""
