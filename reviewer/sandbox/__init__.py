"""Stand-ins for GitHub and for the model API: the demo and the tests run on them."""
