"""The room of notebook 04, MAML against transfer learning: explorers, predictions and pictures."""
