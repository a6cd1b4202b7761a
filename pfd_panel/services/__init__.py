"""What the product can do, in plain Python: every door calls these functions and nothing below them."""
