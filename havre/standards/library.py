"""Every packaged file, read once and checked against the others."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path

from havre.standards.files import (
    commitments,
    countries,
    crosswalk,
    ctdc,
    glossary,
    htcds,
    ictip,
    indicators,
    media,
    offences,
    profiles,
    retention,
    rights,
    routes,
    vulnerability,
)
from havre.standards.files.countries import Countries, Languages
from havre.standards.files.htcds import Htcds, Traps
from havre.standards.reading import Page

DATA = Path(__file__).resolve().parent / "data"


class Library:
    """The data files of one folder. Each is read at first use, with those it refers to. Raises: StandardsError."""

    def __init__(self, folder: Path = DATA) -> None:
        self.folder = folder

    def _page(self, name: str) -> Page:
        return Page(self.folder / f"{name}.yaml")

    @cached_property
    def countries(self) -> Countries:
        return countries.read(self._page("countries"))

    @cached_property
    def languages(self) -> Languages:
        return countries.read_languages(self._page("languages"))

    @cached_property
    def ictip(self) -> ictip.Ictip:
        return ictip.read(self._page("ictip"))

    @cached_property
    def htcds(self) -> Htcds:
        return htcds.read(self._page("htcds"), codes=self.ictip.codes)

    @cached_property
    def htcds_traps(self) -> Traps:
        return htcds.read_traps(self._page("htcds_traps"), htcds=self.htcds, gates=self._gates, codes=self.ictip.codes)

    @cached_property
    def ctdc(self) -> ctdc.Ctdc:
        return ctdc.read(self._page("ctdc"), genders=self.htcds.names("gender"))

    @cached_property
    def crosswalk(self) -> crosswalk.Crosswalk:
        layouts = self.ctdc.layouts
        return crosswalk.read(
            self._page("crosswalk"),
            codes=self.ictip.codes,
            htcds=self.htcds,
            columns=layouts["k_anonymised"].names,
            synthetic=layouts["synthetic"].names,
        )

    @cached_property
    def indicators(self) -> indicators.Indicators:
        page = self._page("indicators")
        return indicators.read(page, nodes=self.ictip.codes, controls=frozenset(self.htcds.names("control")))

    @cached_property
    def rights(self) -> rights.Rights:
        return rights.read(self._page("rights_gates"), htcds_fields=frozenset(self.htcds.by_name))

    @cached_property
    def _gates(self) -> frozenset[str]:
        return frozenset(gate.id for gate in self.rights.gates)

    @cached_property
    def facts(self) -> profiles.FactBook:
        return profiles.read_book(self._page("facts"))

    @cached_property
    def profiles(self) -> profiles.Profiles:
        return profiles.read(
            self._page("country_profiles"),
            languages=frozenset(self.languages.by_code),
            countries=self.countries.by_alpha2,
            book=self.facts,
            gates=self._gates,
        )

    @cached_property
    def commitments(self) -> commitments.Commitments:
        known = frozenset(self.profiles.countries)
        return commitments.read(self._page("commitments"), countries=known, gates=self._gates)

    @cached_property
    def retention(self) -> retention.Retention:
        return retention.read(self._page("retention"), countries=frozenset(self.profiles.countries))

    @cached_property
    def media_rules(self) -> media.MediaRules:
        return media.read(self._page("media_rules"))

    @cached_property
    def vulnerability(self) -> vulnerability.Vulnerability:
        return vulnerability.read(self._page("vulnerability"))

    @cached_property
    def route_statuses(self) -> routes.RouteStatuses:
        return routes.read(self._page("route_status"))

    @cached_property
    def offences(self) -> offences.Offences:
        return offences.read(self._page("offences"), countries=self.profiles.countries)

    @cached_property
    def glossary(self) -> glossary.Glossary:
        return glossary.read(self._page("glossary"))

    def check(self) -> None:
        """Read everything. Raises: StandardsError at the first thing that does not fit."""
        for name, member in vars(type(self)).items():
            if isinstance(member, cached_property):
                getattr(self, name)


@cache
def library(folder: Path = DATA) -> Library:
    """The library of a folder, kept for the life of the process."""
    return Library(folder)
