"""The room of notebook 03, MAML on sinusoids: its explorers, predictions and pictures."""
