"""The contour by the exchanges: branch and bound over connected sets, proved."""
