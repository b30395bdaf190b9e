"""Facts about the change as a whole, out of the trees before and after it."""
