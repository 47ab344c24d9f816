"""The trained model: network, basis, predictions, error bound."""
