"""The trading-backend agent: prompts, pack, envelope, budget. Values only; the call is an edge."""
