"""The outside stage: who is on the register, who sits, what they ask, order and award,
how the award is carried out and published."""
