"""Steps that measure, guard, compare and rank.

Each file rests on those above it:

- ``activity``: The facts that indicators are measured on, read from the tables of the
  study.
- ``disclosure``: Guard the estimates: what is published is summed from what this step
  writes.
- ``epci_blocks``: Say what each EPCI adds, how unions rank, and what a widening adds.
- ``ranking``: Put the compared perimeters in order, from published figures only.
- ``redrawn_counts``: Count drawn establishments again in each perimeter, as often as
  they are drawn.
- ``carrier_facts``: What the rules of carriers read, perimeter by perimeter, laid out
  once.
- ``epci_facts``: Tell what each EPCI holds, and what could be begun with in the study
  area.
- ``indicators``: Measure every perimeter on the same data.
- ``stress``: Put the order to the test: the same perimeters, one thing changed at a
  time.
- ``refusals``: What is left of each compared perimeter when some councils say no.
- ``governance``: Say who could carry each perimeter, on what condition, and what it
  would cost.
"""
