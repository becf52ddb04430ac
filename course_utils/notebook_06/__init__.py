"""The room of notebook 06, few-shot pictures: its explorers, predictions and pictures."""
