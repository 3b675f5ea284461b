"""Numbers that stand for something in runs of clusterings; scikit-learn stays out."""

NOISE = -1
"""Label of a site that no cluster takes."""

AS_GIVEN = 0
"""Draw of the runs on headcounts and positions as they are given."""
