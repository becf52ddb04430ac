"""The room of notebook 05, landscapes of a real network: explorers, predictions and pictures."""
