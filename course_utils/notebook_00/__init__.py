"""The room of notebook 00, start here: its explorers, predictions and pictures."""
