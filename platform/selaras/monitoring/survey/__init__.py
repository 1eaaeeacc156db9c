"""The closed 360° survey: campaigns, raters chosen by rule, sealed ballots, and figures that name nobody."""
