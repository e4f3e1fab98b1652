"""Value chains: who buys from whom, what a sector's output carries with it, and how far a country works for others.

Functions take tables and return tables; nothing here reads a file or draws. A measure of a table describes the
purchases of one year: it says what is associated with a sector's output, not what would happen without it.
"""
