"""A notebook as one HTML page that needs nothing else: no kernel, no network, no script."""
