"""The questions of the six steps: each module yields questions, and goes on only when one is answered."""
