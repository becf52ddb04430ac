"""The course as a site: chapters that move, a page of all explorers, a reference; all offline."""
