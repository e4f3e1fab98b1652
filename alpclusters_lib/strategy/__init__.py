"""Strategy: what regional figures say to who writes or carries out a strategy.

Functions are handed tables and return tables; nothing here reads a file or draws.
"""
