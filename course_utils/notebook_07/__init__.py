"""Notebook 07, cheaper cousins: its explorers, predictions and pictures."""
