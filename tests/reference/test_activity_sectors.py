"""Every activity is counted in one sector, or outside the field for a stated reason."""

import pandas as pd

from eitgeo.reference.naf import insee_sector, naf_subclasses, urssaf_sector

NAF = pd.Series(sorted(naf_subclasses()), dtype="str")


def test_insee_counts_every_activity_once():
    assert insee_sector(NAF).ne("").all()
    assert insee_sector(pd.Series(["", "05.10Z"])).tolist() == ["", "industry"]


def test_urssaf_leaves_out_agriculture_households_and_public_employers():
    sector = urssaf_sector(NAF)
    outside = set(NAF[sector.eq("")].str[:2])
    assert outside == {"01", "02", "03", "84", "85", "86", "97", "98", "99"}
    assert NAF[sector.eq("temp_work")].tolist() == ["78.20Z"]
    assert sector[NAF.eq("84.30C")].tolist() == ["public_services"]
    assert sector[NAF.isin(["85.53Z", "86.21Z"])].tolist() == ["public_services"] * 2


def test_both_agree_on_industry_and_construction():
    for name in ("industry", "construction"):
        assert urssaf_sector(NAF).eq(name).equals(insee_sector(NAF).eq(name))
