"""The room of notebook 01, learning from tasks: its explorers, predictions and pictures."""
