"""What notebook 08 draws and moves."""
