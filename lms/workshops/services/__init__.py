"""What a learner does with a work: writing, adding pictures and files, handing in."""
