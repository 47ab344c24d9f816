"""How it is looked for: variables, models, local searches, starts, and the solver's certificate."""
