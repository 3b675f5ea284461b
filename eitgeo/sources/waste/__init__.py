"""Who declares, treats and may take waste, and under what ceilings.

Each file rests on those above it:

- ``control_totals``: Published totals of waste, which estimates are brought to.
- ``georisques``: Classified installations (ICPE) of Géorisques: establishments and
  waste outlets.
- ``gerep``: IREP and GEREP (Géorisques): who declares emissions and waste, the waste
  declared.
- ``landfills``: Landfills of non-hazardous waste (ISDND): ceilings of the tonnage they
  may take.
- ``outlet_merge``: One outlet a site: sources put together, a site under two numbers
  told once.
- ``outlets``: Outlets: those that the study names, déchèteries and landfills of SINOE
  (ADEME).
"""
