"""Measures: rules in force or proposed - moratoria, caps, conditions. What is simulated is what is enacted."""
