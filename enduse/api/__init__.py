"""The API: typed endpoints over the floors' actions and queries, under /api/. No rules of its own."""
