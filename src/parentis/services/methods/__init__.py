"""Methods of estimation that more than one service uses: competing risks, and splitting a change in spend."""
