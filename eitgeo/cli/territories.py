"""Commands about other territories, and about files that came out of a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.shared import (
    BAD_STUDY,
    BUSY,
    FAILED,
    INTERRUPTED,
    open_study,
    refuse,
    refusing,
    say,
)
from eitgeo.errors import EitgeoError, StudyError

if TYPE_CHECKING:
    from eitgeo.study.project import Project

NOT_OF_THE_RUN, NOT_VERIFIED, INPUTS_CHANGED = 1, 2, 3
_NO_FILE = "FICHIER manque → le nommer, ou lire tout ce qui est publié : --lecture"

territory_app = FrenchTyper()


EpciNames = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SIREN",
        help="EPCI entier (répétable, ou « , ») ; avec --real, un nom suffit.",
    ),
]
Departements = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE", help="Tous les EPCI d'un département."),
]
Base = Annotated[
    Path,
    typer.Option("--study", metavar="ÉTUDE", help="Celle dont on lit les fichiers."),
]
Folder = Annotated[
    Path | None, typer.Option(help="Dossier à créer ; par défaut, le nom.")
]
Real = Annotated[
    bool,
    typer.Option(
        "--real", help="Sur fichiers officiels, que « eitgeo fetch » télécharge."
    ),
]
RoadSource = Annotated[
    Literal["auto", "osm", "osmnx"],
    typer.Option(help="--real : extraits régionaux, ou graphe d'Overpass (osmnx)."),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SOURCE", help="--real : s'en passer (sirene, routes, banatic…)."
    ),
]
Ring = Annotated[
    float, typer.Option(min=0, max=60, help="--real : largeur de la couronne (km).")
]
EpciList = Annotated[
    Path | None,
    typer.Option(metavar="CSV", help="--real : une liste des EPCI plus récente."),
]


@territory_app.command(help="Écrire l'étude d'un autre territoire, à compléter.")
def new(  # noqa: PLR0913 - one an option
    name: Annotated[
        str, typer.Argument(metavar="NOM", help="Minuscules, chiffres et « _ ».")
    ],
    *,
    epci: EpciNames = None,
    dep: Departements = None,
    title: Annotated[str, typer.Option(help="Titre de l'étude.")] = "",
    study: Base = Path("study.yaml"),
    out: Folder = None,
    real: Real = False,
    roads: RoadSource = "auto",
    without: Without = None,
    buffer_km: Ring = 40.0,
    epci_list: EpciList = None,
) -> None:
    """Write the study of another territory."""
    if real:
        from eitgeo.cli.new import start_real  # noqa: PLC0415

        asked = (name, epci or (), dep or (), title)
        start_real(
            *asked,
            folder=(out or Path(name)).resolve(),
            roads=roads,
            without=without or (),
            buffer_km=buffer_km,
            epci_list=epci_list,
        )
        return
    # The readers take a second to import: other commands do without them.
    from eitgeo.cli.new import wanted_study, welcome_lines  # noqa: PLC0415
    from eitgeo.commands import new_study as starting  # noqa: PLC0415

    base = open_study(study)
    try:
        wanted = wanted_study(name, epci=epci or (), dep=dep or (), title=title)
        found = starting.new_study(base, (out or Path(name)).resolve(), wanted)
    except StudyError as error:
        refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        refuse(error, code=FAILED)
    say(welcome_lines(found))


@territory_app.command(
    help="Exécuter les études d'un dossier, sur plusieurs processus."
)
def batch(
    studies: Annotated[
        Path,
        typer.Argument(metavar="DOSSIER", help="NOM/study.yaml ou NOM.yaml."),
    ],
    *,
    scheduler: Annotated[
        str,
        typer.Option(metavar="ADRESSE", help="Ordonnanceur Dask (tcp://…)."),
    ] = "",
    workers: Annotated[
        int, typer.Option(min=0, help="Processus ici ; 0 : un à un, dans celui-ci.")
    ] = 2,
    retries: Annotated[
        int, typer.Option(min=0, help="Nouveaux essais quand un processus se perd.")
    ] = 2,
    effort: Annotated[
        Literal["rapide", "complet"] | None,
        typer.Option(help="Remplace l'effort que les études demandent."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Où écrire ; par défaut, DOSSIER/resultats.")
    ] = None,
) -> None:
    """Run every study of a folder."""
    # The cluster and the pipeline take seconds to import.
    from eitgeo.cli.batch import BusyError, run_and_tell  # noqa: PLC0415

    try:
        options = (scheduler, workers, effort, retries)
        failed = run_and_tell(studies, out or studies / "resultats", options)
    except BusyError as error:
        refuse(error, code=BUSY)
    except StudyError as error:
        refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        refuse(error, code=FAILED)
    except KeyboardInterrupt:
        typer.echo("Interrompu. La même commande reprendra où chaque étude en est.")
        raise typer.Exit(INTERRUPTED) from None
    if failed:
        raise typer.Exit(FAILED)


@territory_app.command(
    help="Dire si un fichier publié vient de l'étude, et si ses entrées ont changé ; "
    "avec --lecture, ce qu'aucun lecteur ne doit voir dans les fichiers publiés."
    "\n\nCodes : 0 conforme ; 1 modifié ou inconnu, ou lecture avec des fautes ; "
    "2 vérification impossible ; 3 conforme, mais des entrées ont changé depuis."
)
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FICHIER", help="Où qu'il soit, sous tout nom."),
    ] = None,
    *,
    reading: Annotated[
        bool,
        typer.Option(
            "--lecture",
            help="Ouvrir tous les fichiers publiés : valeur absente, clé interne, "
            "chiffre sans sa classe, nombre coupé, tampon, préférence.",
        ),
    ] = False,
    study: Annotated[
        Path, typer.Option("--study", metavar="ÉTUDE", help="Le fichier de l'étude.")
    ] = Path("study.yaml"),
    out: Annotated[
        Path | None,
        typer.Option(help="Celui d'« eitgeo run » : où sont les cartes."),
    ] = None,
    effort: Annotated[
        Literal["rapide", "complet"] | None,
        typer.Option(help="Celui d'« eitgeo run », s'il a été donné."),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="MANIFESTE", help="Sans l'étude : le manifest.json publié."
        ),
    ] = None,
) -> None:
    """Hold a file against the manifest of the study, or against a published one."""
    # The pipeline takes a second to import: other commands do without it.
    from eitgeo.cli.verify import verdict_lines  # noqa: PLC0415
    from eitgeo.commands import verify as verifying  # noqa: PLC0415

    if reading:
        _read_published(open_study(study, out=out, effort=effort))
        return
    if file is None:
        raise typer.BadParameter(_NO_FILE)
    with refusing(code=NOT_VERIFIED):
        if manifest is not None:
            verdict = verifying.verify_published(manifest, file)
        else:
            project = open_study(study, out=out, effort=effort)
            verdict = verifying.verify_file(project, file)
    say(verdict_lines(file.name, verdict, from_manifest=manifest is not None))
    if verdict.standing != "conforme":
        raise typer.Exit(NOT_OF_THE_RUN)
    if verdict.changes:
        raise typer.Exit(INPUTS_CHANGED)


def _read_published(project: Project) -> None:
    """Say what no reader should see in what a study publishes."""
    from eitgeo.audit.reading.checks import read_study  # noqa: PLC0415
    from eitgeo.cli.verify import reading_lines  # noqa: PLC0415

    with refusing(code=NOT_VERIFIED):
        faults = read_study(project)
    say(reading_lines(faults))
    if faults:
        raise typer.Exit(NOT_OF_THE_RUN)
