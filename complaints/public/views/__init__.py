"""Pages without login: what the law has us publish, and what helps beforehand."""
