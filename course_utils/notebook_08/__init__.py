"""The room of notebook 08, how far learning travels: explorers, predictions and pictures."""
