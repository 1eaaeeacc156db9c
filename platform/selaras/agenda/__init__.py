"""What is next: for one person, for an appraiser's team, for the agency; every capability says its part."""
