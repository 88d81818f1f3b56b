"""Will these assets, this income and this borrowing sustain this life? A probability, by simulation of whole lives."""
