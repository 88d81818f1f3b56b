"""Asset-liability management for one household, on its own machine: am I safe today?"""

__version__ = "0.1.0"
