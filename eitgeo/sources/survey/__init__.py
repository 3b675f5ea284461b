"""Answers to the sign-up form, whatever file they come in."""
