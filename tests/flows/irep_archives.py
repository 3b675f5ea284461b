"""Archives of IREP as their producer writes them, drawn from a law that we know."""

from pathlib import Path

import pandas as pd

from eitgeo.flows.arisings.arising_draws import (
    RATIOS,
    DrawLaw,
    arising_terms,
    drawn_blocks,
)
from eitgeo.reference.tables import waste_ratios
from eitgeo.reference.waste import low_ewc
from tests.sources.georisques_files import establishment, gerep, produced

ACTIVITIES = (
    *("10.51A", "13.30Z", "16.10A", "17.12Z", "18.12Z", "20.14Z", "21.20Z", "22.21Z"),
    *("23.51Z", "24.10Z", "25.62B", "28.22Z", "30.30Z", "31.09B", "46.39B", "49.41A"),
)
BANDS = ((50, 99), (100, 199), (200, 249), (250, 499), (500, 999), (1000, 1999))
SOIL = "17 05 04"
N_EACH = 5
OWN_DEP = "31"


def study_sites() -> pd.DataFrame:
    """Return the sites of a country of large works, each in its band of headcount."""
    rows = [
        (naf, low, (low * high) ** 0.5, high)
        for naf in ACTIVITIES
        for low, high in BANDS
        for _ in range(N_EACH)
    ]
    names = ["naf", "headcount_low", "headcount_mid", "headcount_high"]
    table = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[1:], float))
    ids = [f"IREP1.{rank:05d}" for rank in range(len(table))]
    return table.assign(site_id=ids, code_insee=f"{OWN_DEP}001", siret="")


def true_tonnes(
    sites: pd.DataFrame, *, seed: int, bias: float = 1.0, tails: float = 1.0
) -> pd.Series:
    """Draw what each site throws away: a factor on ratios, wider tails around them."""
    terms = arising_terms(sites, waste_ratios())
    low, mid, high = (terms[name] for name in RATIOS)
    wide = {
        RATIOS[0]: mid * (low / mid) ** tails,
        RATIOS[2]: mid * (high / mid) ** tails,
    }
    law = DrawLaw(seed=seed)
    draws = drawn_blocks(terms.assign(**wide), law=law)
    one = [tonnes[:, seed % law.n_draws] for _, tonnes in draws]
    return pd.Series(bias * pd.concat(map(pd.Series, one)).to_numpy(), terms["site_id"])


def write_archive(folder: Path, sites: pd.DataFrame, tonnes: pd.Series) -> Path:
    """Write the archive of 2019: who exceeds 2 000 t, soil included, declares it.

    One site in ten dug 500 t of soil; one in three declares hazardous waste too.
    """
    codes = low_ewc().query("stream == 'NDNI'").drop_duplicates("ewc_stat")
    by_kind = codes.set_index("ewc_stat")["waste_code"]
    naf = sites.set_index("site_id")["naf"]
    ratios = waste_ratios().query("stream == 'NDNI'")
    members: dict[str, list[str]] = {"sites": [], "prod": [], "prod_d": []}
    for rank, (site_id, mass) in enumerate(zip(tonnes.index, tonnes, strict=True)):
        code, soil = site_id.removeprefix("IREP"), 500.0 * (rank % 10 == 0)
        ape = naf[site_id].replace(".", "")
        members["sites"].append(establishment(code=code, siret="", ape=ape))
        if rank % 3 == 0:
            members["prod_d"].append(produced(code, "13 02 05*", "3", "R 9", "81"))
        if mass + soil <= 2000:
            continue
        if soil:
            members["prod"].append(produced(code, SOIL, f"{soil:g}", "D 1", OWN_DEP))
        mix = ratios[ratios["naf_prefix"] == naf[site_id][:2]]
        for kind, share in zip(mix["ewc_stat"], mix["share"], strict=True):
            dep = OWN_DEP if rank % 4 else "9"
            line = produced(code, by_kind[kind], f"{share * mass:.3f}", "R 3", dep)
            members["prod"].append(line)
    return gerep(folder, **members)
