"""alpclusters: innovation clusters and smart specialisation in the Alps, from official figures to reports."""

__version__ = "0.1.0"
