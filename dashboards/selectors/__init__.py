"""What the pages that compose the rooms show: a person's duties (``duties``), cohorts (``cohorts``), one cohort (``board``)."""
