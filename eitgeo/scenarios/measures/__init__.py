"""The card of a perimeter: what each indicator counts, and what it rests on."""
