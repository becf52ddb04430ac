"""Explorers: pictures under the reader's hand, all built on the one part `explorer`."""
