"""What supports everything else: checks of arguments, whole files, progress, scores, set-up."""
