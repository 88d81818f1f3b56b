"""Alerts: when to speak (`rules`, pure), in which words (`message`), and by which channel (`channels`)."""
