"""Laws that hold of every policy and claim, tried on examples that Hypothesis makes up and shrinks."""
