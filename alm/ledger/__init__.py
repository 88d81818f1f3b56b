"""From what was bought, paid, drawn and repaid to holdings, cash, gains and interest on any day. Pure."""
