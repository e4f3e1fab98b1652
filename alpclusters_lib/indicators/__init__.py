"""Indicators: pure functions from region × sector tables to tables; nothing here reads a file or draws.

Rows are regions (index ``region``), columns sectors (``sector``). Every function aligns by label, keeps the
caller's labels, leaves its input as it was, and says what it does with zeros, missing cells, empty regions.
"""
