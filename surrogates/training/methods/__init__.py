"""Update rules: first-order optimisers, scale-invariant physics, half-inverse gradients."""
