"""The lab: measures tried in simulated futures before anybody enacts them."""
