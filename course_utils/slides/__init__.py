"""Notebooks as lecture decks: reveal.js, the films and the pictures, one file each, no network."""
