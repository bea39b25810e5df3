"""Who is known, who may do what, who did what, and who was asked."""
