"""Weighing with weights of the laboratory: what the methods for weights and for balances are made of."""
