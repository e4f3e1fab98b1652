"""Figures: maps and charts that take a tidy table and an `ax`, draw on it and return it.

Nothing here computes an indicator, estimates a value, reads a file or saves a picture: a caller opens
a figure under `style.style()`, calls one function and decides what to do with it. Classes, colours and number formats
come from `style` and are the same everywhere. What has no figure is hatched on a map and named below a chart;
what is estimated or bounded is dotted or hollow.
"""
