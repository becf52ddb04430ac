"""The room of notebook 09, learning without gradients: explorers, predictions and pictures."""
