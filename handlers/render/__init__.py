"""Values become screens. PURE: texts and values go in, a text with its buttons comes out."""
