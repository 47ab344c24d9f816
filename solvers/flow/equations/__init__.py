"""The steady Navier-Stokes equations in weak form, for plane bodies and bodies of revolution."""
