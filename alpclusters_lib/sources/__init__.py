"""Where figures come from: the catalogue of published files and a reader for each published layout."""
