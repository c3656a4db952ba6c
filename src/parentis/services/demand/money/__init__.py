"""What the futures cost: prices, uplifts, costs and their figures."""
