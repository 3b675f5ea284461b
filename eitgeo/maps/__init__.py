"""Print maps, the comparison workbook and the offline page, from released tables."""
