"""Alerts: something learnt that an officer must answer. Any floor may raise one."""
