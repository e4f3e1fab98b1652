"""From published files to harmonised tables: one pure function a table, and the checks they must pass."""
