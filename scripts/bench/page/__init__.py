"""What the bench of the page is made of: a large household, servers to look at, and clocks inside the browser."""
