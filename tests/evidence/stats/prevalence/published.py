"""Tables of overlaps typed from the literature, as figures.

UK 2013: Silverman, Home Office strategic assessment 2014; Bales, Hesketh & Silverman, Significance 12 (2015). Kosovo 1999: Ball et al. 2002.
Korea: wartime victims, Ball, Shin & Yang 2018. Artificial_3: Chan, Silverman & Vincent 2021. Western: as in Silverman 2020. A key holds the
places of the lists that its people are on.
"""

from havre.evidence.stats.prevalence import Overlaps


def table(lists: str, cells: dict[str, int]) -> Overlaps:
    return Overlaps.from_masks(lists.split(), {sum(1 << int(place) for place in key): people for key, people in cells.items()})


# fmt: off
ARTIFICIAL = table("A B C", {"0": 40, "1": 30, "2": 20, "01": 6})
KOREA = table("b c d", {"0": 5, "1": 5, "01": 54, "2": 41, "02": 6, "012": 12})
KOSOVO = table("EXH ABA OSCE HRW", {
    "0": 1131, "1": 845, "01": 177, "2": 936, "02": 228, "12": 217, "012": 181, "3": 306, "03": 106, "13": 31, "013": 18, "23": 123, "023": 42,
    "123": 32, "0123": 27})
UK = table("LA NG PF GO GP NCA", {
    "0": 54, "1": 463, "01": 15, "2": 907, "02": 19, "12": 56, "012": 1, "3": 695, "03": 3, "13": 19, "013": 1, "23": 69, "123": 4, "0123": 1,
    "4": 316, "14": 1, "24": 10, "34": 8, "5": 57, "15": 3, "25": 31, "125": 3, "35": 6, "235": 1, "45": 1})
UK5 = table("LA NG PFNCA GO GP", {
    "0": 54, "1": 463, "01": 15, "2": 995, "02": 19, "12": 62, "012": 1, "3": 695, "03": 3, "13": 19, "013": 1, "23": 76, "123": 4, "0123": 1,
    "4": 316, "14": 1, "24": 11, "34": 8})
WESTERN = table("A B C D E", {
    "0": 52, "1": 90, "2": 114, "02": 4, "12": 6, "3": 45, "03": 2, "13": 1, "123": 1, "4": 21, "04": 5, "024": 1, "34": 3})
# fmt: on
