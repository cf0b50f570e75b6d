"""A small English–German grammar: one meaning, said in both languages."""
