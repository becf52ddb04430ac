"""Explorers: pictures that the reader moves, all built on the one part `explorer`."""
