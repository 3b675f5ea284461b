"""What hangs on each factor of the calculation, and what each is worth.

Each file rests on those above it:

- ``parts``: What hangs on factors, row by row: the form that every family of factors
  gives.
- ``prices``: What hangs on prices: values, preparation, gates, taxes, rules, and road
  freight.
- ``tonnes``: What hangs on ratios, compositions, by-products, needs: tonnes, and all
  they carry.
"""
