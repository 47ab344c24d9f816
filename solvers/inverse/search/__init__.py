"""The search for the optimum: variables, models, local searches, starts, and the solver's certificate."""
