"""Who is responsible where: provinces, divisions, function zones, their offices, the people appointed."""
