"""Solved flows to train on."""
