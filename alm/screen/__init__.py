"""The parts of the one screen: widgets, then a call, then charts. No arithmetic, no SQL."""
