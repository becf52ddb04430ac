"""What supports all else: checks of arguments, whole files, npm, progress, scores, set-up."""
