"""The same 30 rules in other engines. Their conditions are translated from the policy, so that nobody mistypes them."""
