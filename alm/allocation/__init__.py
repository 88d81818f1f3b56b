"""Target weights: how far the portfolio has drifted, the trades that bring it back, losses worth taking, optimisers."""
