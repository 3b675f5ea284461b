"""The steps of a study, and what runs them; ``_catalogue`` lists what is done."""
