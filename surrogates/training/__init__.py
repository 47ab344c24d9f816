"""Training methods: supervised fitting and scale-invariant physics (SIP)."""
