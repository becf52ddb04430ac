"""Pictures in one visual language (`style`): functions of arrays that never compute."""
