"""What hangs on each factor of the calculation, and what each is worth.

Each file rests on those above it:

- ``parts``: What hangs on factors, row by row: the form that every family of factors
  gives.
- ``haulage``: What hangs on the factors of road freight: euros and CO2 of both hauls.
- ``prices``: What hangs on values, preparation, gates, taxes and rules: euros, CO2,
  tonnes.
- ``ranking``: Factors by what hangs on them, and by what each is worth.
- ``receiving``: What hangs on the needs of receivers: input per employee, share
  replaced, limit.
- ``tonnes``: What hangs on waste ratios, compositions and by-products: tonnes, and all
  they carry.
"""
