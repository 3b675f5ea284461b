"""Who declares, treats and may take waste, and under what ceilings.

Each file rests on those above it:

- ``control_totals``: Published totals of waste, which estimates are brought to.
- ``georisques``: Classified installations (ICPE) of Géorisques: establishments and
  waste outlets.
- ``irep``: IREP: establishments that declare emissions and waste (Géorisques).
- ``landfills``: Landfills of non-hazardous waste (ISDND): ceilings of the tonnage they
  may take.
- ``outlet_merge``: One outlet a site: sources put together, a site under two numbers
  told once.
- ``outlets``: Outlets: sites that treat, sort, recover or store what firms throw away.
- ``s3ic``: Classified waste installations (S3IC) matched to SIRENE, at commune
  precision.
- ``sinoe``: SINOE (ADEME): déchèteries, and landfills with their regulatory capacity.
- ``gerep``: IREP archives of one year (GEREP declarations): sites, waste produced or
  treated.
- ``gerep_flows``: Declared waste turned into the tables of the package: arisings and
  outlets.
"""
