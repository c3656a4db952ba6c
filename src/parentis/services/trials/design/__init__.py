"""The design room: how many children and boroughs a question needs, by formula and by simulation."""
