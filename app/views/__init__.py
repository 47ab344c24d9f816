"""Parts of the design page: what is chosen, the flow, the optimum."""
