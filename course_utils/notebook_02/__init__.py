"""The room of notebook 02, the meta-loss: its explorers, predictions and pictures."""
