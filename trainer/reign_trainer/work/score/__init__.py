"""Score one version on one snapshot, in a process that loads no other."""
