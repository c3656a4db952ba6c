"""From yearly returns to a fitted model: histories, exposure, rates, and how well they forecast the past."""
