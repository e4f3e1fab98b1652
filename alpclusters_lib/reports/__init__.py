"""Reports: executed notebooks as self-contained pages, and the index that leads to them."""
