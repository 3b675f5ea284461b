"""The tables of a study, column by column, one file a subject."""
