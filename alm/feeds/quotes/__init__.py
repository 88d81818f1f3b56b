"""Prices, exchange rates, dividends and splits from outside: each source fetches (I/O) and parses (pure) apart."""
