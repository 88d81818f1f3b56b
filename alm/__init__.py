"""Asset-liability management for one household, on its own machine: am I safe, and am I free?"""

__version__ = "0.1.0"
