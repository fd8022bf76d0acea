"""The arbitrator's door: one link, one bundle, nothing else."""
