"""Measurements of what the course claims about speed: ``make benchmark``."""
