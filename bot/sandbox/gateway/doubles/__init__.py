"""What doubles of described kinds answer: one file for each, from the vendor's documents."""
